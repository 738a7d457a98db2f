// For `node --import`: writes down whom a process calls, in the file that FEDWARD_TEST_CALLS names: a line `HOST:PORT` for each
// connection over a network, `dns NAME` for each name that is looked up, `udp` for each socket of that kind.
import { appendFileSync } from 'node:fs';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const file = process.env.FEDWARD_TEST_CALLS;

if (file !== undefined) {
  const told = (line) => appendFileSync(file, `${line}\n`);
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    const [first, second] = Array.isArray(args[0]) ? args[0] : args;
    const { host, port, path } = typeof first === 'object' ? first : Number.isNaN(Number(first)) ? { path: first } : { host: second, port: first }; // prettier-ignore
    // A path without a port is a socket on this machine, such as that at which commands ask.
    if (port !== undefined && port !== null) told(`${host ?? 'localhost'}:${port}`);
    else if (path === undefined || path === null) told('unknown');
    return connect.apply(this, args);
  };
  for (const from of [dns, dns.promises])
    for (const name of Object.keys(from).filter((key) => /^(lookup|resolve)/.test(key))) {
      const original = from[name];
      from[name] = function (asked, ...rest) {
        if (!net.isIP(String(asked))) told(`dns ${asked}`);
        return original.call(this, asked, ...rest);
      };
    }
  const { createSocket } = dgram;
  dgram.createSocket = (...args) => {
    told('udp');
    return createSocket(...args);
  };
  syncBuiltinESMExports();
}
