// Hosts and NATs of a test, made of network namespaces that it removes again. Linux and root only.
// Nothing in it reaches the outside, and nothing of the machine is changed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWire } from './wire.ts';
import type { Wire, WireConditions } from './wire.ts';

/**
 * Address- and port-dependent mapping (RFC 4787 §4.1), endpoint-independent, one that lets no UDP through, or one that
 * lets nothing out but HTTPS and the page itself.
 */
export type NatKind = 'symmetric' | 'cone' | 'udp-blocked' | 'strict';

/** TEST-NET-3 (RFC 5737) plays the public internet. A relay must be told that it may reach it. */
export const publicRange = '203.0.113.0/24';

export interface Host {
  /** The name of its namespace. */
  name: string;
  address: string;
}

/** A host whose way into the public net is a wire that can be made bad. */
export interface WiredHost extends Host {
  wire: Wire;
}

/** Where a host gets its addresses, and its default route. */
interface Line {
  net: string;
  route: string;
}

const publicNet = '203.0.113';
const prefix = 'vck-';
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `ip netns exec` and the host's name: what goes before a command to run it there. */
export const inHost = ({ name }: Host): [string, ...string[]] => ['ip', 'netns', 'exec', name];

export class Network {
  readonly #spaces: string[] = [];
  readonly #bridge: string;
  /** By the name of its namespace. */
  readonly #lines = new Map<string, Line>();
  /** The last number that was given out in a net. */
  readonly #numbers = new Map<string, number>();
  #nets = 0;
  #links = 0;

  constructor() {
    if (process.getuid?.() !== 0) throw new Error('The lab makes network namespaces, and that needs root.');
    removeAbandoned();
    this.#bridge = this.#space('net');
    process.once('exit', this.close);
    for (const signal of interruptions) process.once(signal, this.#interrupted);
    this.#run(this.#bridge, 'ip link add br0 type bridge');
    this.#run(this.#bridge, 'ip link set br0 up');
  }

  /** A host with a public address. Its default route leads into the void: a stranger's address costs an error never. */
  publicHost(label: string): Host {
    const { name, port } = this.#place(label);
    this.#cable(this.#bridge, port, name, 'wan');
    return this.#goPublic(name, port);
  }

  /** A host with a private address behind a NAT of its own. */
  privateHost(label: string, nat: NatKind): Host {
    return this.#behind(this.publicHost(`${label}-nat`), label, nat);
  }

  /** As one of the above; a wire with these conditions lies between the host, or its NAT, and the public net. */
  async wiredHost(label: string, conditions: Partial<WireConditions>, nat?: NatKind): Promise<WiredHost> {
    const { name, port } = this.#place(nat ? `${label}-nat` : label);
    const wire = await openWire({ space: name, device: 'wan' }, { space: this.#bridge, device: port }, conditions);
    const host = this.#goPublic(name, port);
    return { ...(nat ? this.#behind(host, label, nat) : host), wire };
  }

  /** Another address of the same net. As long as the old one is there too, the host has both. */
  addAddress(host: Host): Host {
    const line = this.#lines.get(host.name);
    if (!line) throw new Error(`${host.name} is no host of this network`);
    const address = `${line.net}.${this.#numberIn(line.net)}`;
    this.#run(host.name, `ip addr add ${address}/24 dev wan`);
    this.#run(host.name, `ip link set wan up`);
    this.#run(host.name, `ip route replace default ${line.route}`);
    return { ...host, address };
  }

  /** Takes this address from its host, which reaches nobody if it was the only one. */
  removeAddress({ name, address }: Host): void {
    this.#run(name, `ip addr del ${address}/24 dev wan`);
  }

  /** Lets a host find `address` by name. */
  nameHost(host: Host, name: string, address: string): void {
    const folder = join('/etc/netns', host.name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost\n${address} ${name}\n`);
  }

  /** Removes every host, and with it whatever still runs a network in it. */
  readonly close = (): void => {
    process.off('exit', this.close);
    for (const signal of interruptions) process.off(signal, this.#interrupted);
    for (const space of this.#spaces.splice(0).reverse()) remove(space);
  };

  readonly #interrupted = (): void => {
    this.close();
    process.exit(1);
  };

  /** A namespace to be, and the port of the bridge that will lead there. */
  #place(label: string): { name: string; port: string } {
    return { name: this.#space(label), port: `port${++this.#nets}` };
  }

  #goPublic(name: string, port: string): Host {
    this.#run(this.#bridge, `ip link set ${port} master br0 up`);
    return this.#settle(name, { net: publicNet, route: 'dev wan' });
  }

  #behind(router: Host, label: string, nat: NatKind): Host {
    const name = this.#space(label);
    const net = `192.168.${this.#nets}`;
    const gateway = `${net}.${this.#numberIn(net)}`;
    this.#cable(router.name, 'lan', name, 'wan');
    this.#run(router.name, `ip addr add ${gateway}/24 dev lan`);
    this.#run(router.name, 'ip link set lan up');
    this.#run(router.name, 'sysctl -qw net.ipv4.ip_forward=1');
    execFileSync('ip', ['netns', 'exec', router.name, 'nft', '-f', '-'], { input: rules(nat) });
    return this.#settle(name, { net, route: `via ${gateway}` });
  }

  #settle(name: string, line: Line): Host {
    this.#lines.set(name, line);
    // Else a host whose first address goes loses the second one with it.
    this.#run(name, 'sysctl -qw net.ipv4.conf.all.promote_secondaries=1');
    const { address } = this.addAddress({ name, address: '' });
    return { name, address };
  }

  #numberIn(net: string): number {
    const number = (this.#numbers.get(net) ?? 0) + 1;
    this.#numbers.set(net, number);
    return number;
  }

  #space(label: string): string {
    const name = `${prefix}${process.pid}-${label}`;
    execFileSync('ip', ['netns', 'add', name]);
    this.#spaces.push(name);
    this.#run(name, 'ip link set lo up');
    // Its link-local addresses would come a second or two after the interface: to a browser, another network.
    for (const which of ['all', 'default']) this.#run(name, `sysctl -qw net.ipv6.conf.${which}.disable_ipv6=1`);
    return name;
  }

  /** One end in each of two namespaces. */
  #cable(a: string, endA: string, b: string, endB: string): void {
    const temporary = `v${process.pid % 100_000}x${this.#links++}`;
    this.#run(a, `ip link add ${endA} type veth peer name ${temporary}`);
    this.#run(a, `ip link set ${temporary} netns ${b}`);
    this.#run(b, `ip link set ${temporary} name ${endB}`);
  }

  #run(space: string, command: string): void {
    execFileSync('ip', ['netns', 'exec', space, ...command.split(' ')]);
  }
}

/**
 * `fully-random` gives each destination a port of its own. Without it the port is kept, but only as long as the input
 * chain drops what nobody asked for: an early packet of the peer would otherwise take the mapping (../shared/lab.md).
 */
function rules(nat: NatKind): string {
  const masquerade = nat === 'cone' ? 'masquerade' : 'masquerade fully-random';
  const block = blocks[nat] ?? '';
  return `
table ip nat {
  chain post {
    type nat hook postrouting priority 100
    oifname "wan" ${masquerade}
  }
}
table ip filter {
  chain input {
    type filter hook input priority 0; policy drop
    ct state established,related accept
  }
  chain forwarding {
    type filter hook forward priority 0; policy drop
    ${block}iifname "lan" accept
    ct state established,related accept
  }
}
`;
}

/** Port 3000 is where the lab's page is: it stands for a site on another host's 443. */
const blocks: Partial<Record<NatKind, string>> = {
  'udp-blocked': 'meta l4proto udp drop\n    ',
  strict: 'meta l4proto udp drop\n    iifname "lan" tcp dport != { 443, 3000 } drop\n    ',
};

/** What an interrupted run left: namespaces named for a process that is no more. */
function removeAbandoned(): void {
  const spaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  for (const line of spaces) {
    const [space = ''] = line.split(' ');
    const pid = Number(/^vck-(\d+)-/.exec(space)?.[1]);
    if (pid && !isAlive(pid)) remove(space);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** To every process that runs in this host. */
export function signalAll({ name }: Pick<Host, 'name'>, signal: NodeJS.Signals): void {
  const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean);
  for (const pid of pids) {
    try {
      process.kill(Number(pid), signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** Ends what runs in the namespace first: a namespace lives as long as a process in it does. */
function remove(space: string): void {
  signalAll({ name: space }, 'SIGKILL');
  try {
    execFileSync('ip', ['netns', 'del', space], { stdio: 'pipe' });
  } catch {
    // Another run has removed it meanwhile.
  }
  rmSync(join('/etc/netns', space), { recursive: true, force: true });
}
