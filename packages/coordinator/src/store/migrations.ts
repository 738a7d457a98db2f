/** One step from a schema to the next. A step that was released is never changed: what is to be another way is a new step. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** In order: the first makes schema 1, and so on. */
export const migrations: readonly Migration[] = [
  {
    name: 'studies, their members, and what happened to them',
    statements: [
      `create table studies (
         id text primary key,
         document text not null,
         plan_hash text not null,
         software text not null,
         state text not null,
         why text not null,
         quorum_is_enough boolean not null default false,
         created text not null,
         changed text not null)`,
      `create table standings (
         study text not null references studies (id),
         site text not null,
         state text not null,
         why text not null,
         changed text not null,
         primary key (study, site))`,
      // Only ever added to.
      `create table study_events (
         study text not null references studies (id),
         number integer not null,
         time text not null,
         kind text not null,
         details text not null,
         primary key (study, number))`,
    ],
  },
];
