/**
 * Names that many people have, in lower case: a sieve, not a register. Most are of the first ranks of the United States
 * Census Bureau's lists of 1990 (dist.male.first, dist.female.first, dist.all.last; works of the federal government, in the
 * public domain); the last line of each list has frequent names of other countries. Given names that are words of another
 * meaning in medical text (may, grace, hope, faith, grant, rose, dawn) are left out.
 */
const given = `
james john robert michael william david richard charles joseph thomas christopher daniel paul mark donald george kenneth
steven edward brian ronald anthony kevin jason matthew gary timothy jose larry jeffrey frank scott eric stephen andrew
raymond gregory joshua jerry dennis walter patrick peter harold douglas henry carl arthur ryan roger joe juan jack albert
jonathan justin terry gerald keith samuel willie ralph lawrence nicholas roy benjamin bruce brandon adam harry fred wayne
billy steve louis jeremy aaron randy howard eugene carlos russell bobby victor martin ernest phillip todd jesse craig alan
mary patricia linda barbara elizabeth jennifer maria susan margaret dorothy lisa nancy karen betty helen sandra donna carol
ruth sharon michelle laura sarah kimberly deborah jessica shirley cynthia angela melissa brenda amy anna rebecca virginia
kathleen pamela martha debra amanda stephanie carolyn christine marie janet catherine frances ann joyce diane alice julie
heather teresa doris gloria evelyn jean cheryl mildred katherine joan ashley judith janice kelly nicole judy christina
kathy theresa beverly denise tammy irene jane lori rachel marilyn andrea kathryn louise sara anne jacqueline wanda bonnie
julia ruby lois tina phyllis norma paula diana annie lillian emily robin peggy crystal gladys rita connie tiffany edna
hans klaus jürgen wolfgang stefan ursula sabine petra jean-pierre philippe françois isabelle nathalie giovanni francesco
giulia pieter willem johanna josé antonio francisco carmen pilar lucía lars anders ingrid mohammed ahmed fatima aisha wei
li yuki hiroshi priya raj olga ivan elena dmitri piotr anna-maria emma olivia noah liam sofia lukas leon mia hannah`;

const family = `
smith johnson williams jones brown davis miller wilson moore taylor anderson thomas jackson white harris martin thompson
garcia martinez robinson clark rodriguez lewis lee walker hall allen young hernandez king wright lopez hill scott green
adams baker gonzalez nelson carter mitchell perez roberts turner phillips campbell parker evans edwards collins stewart
sanchez morris rogers reed cook morgan bell murphy bailey rivera cooper richardson cox howard ward torres peterson gray
ramirez james watson brooks kelly sanders price bennett wood barnes ross henderson coleman jenkins perry powell long
patterson hughes flores washington butler simmons foster gonzales bryant alexander russell griffin diaz hayes
müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann dubois durand moreau rossi bianchi ferrari
jansen bakker visser fernández garcía martínez lópez hansen johansson andersson nowak kowalski ivanov petrov nguyen tran
wang zhang chen kim park singh patel khan ali silva santos oliveira`;

const setOf = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

export const frequentGivenNames = setOf(given);
export const frequentFamilyNames = setOf(family);
