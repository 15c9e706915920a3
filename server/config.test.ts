import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';
import { helpText } from './help.ts';
import { leastUserQuotaFor, userQuotaFor } from './relay-quota.ts';
import { relayWarnings } from './relay-warnings.ts';
import { futureVariables, settings } from './settings.ts';
import type { Config } from './settings.ts';

function config(environment: Record<string, string> = {}, ...argv: string[]): Config {
  const outcome = readConfig(environment, argv);
  assert.equal(outcome.type, 'config', JSON.stringify(outcome));
  return outcome.config;
}

function problems(environment: Record<string, string> = {}, ...argv: string[]): readonly string[] {
  const outcome = readConfig(environment, argv);
  return outcome.type === 'problems' ? outcome.problems : [];
}

describe('the configuration', () => {
  it('is whole without any setting', () => {
    const { host, port, turnPort, allowedOrigins, roomCapacity, turnCredentialTtl, trustProxy, turnSecret } = config();
    assert.deepEqual(
      { host, port, turnPort, allowedOrigins, roomCapacity, turnCredentialTtl, trustProxy, turnSecret },
      {
        host: '::',
        port: 3000,
        turnPort: 3478,
        allowedOrigins: '*',
        roomCapacity: 8,
        turnCredentialTtl: 600,
        trustProxy: [],
        turnSecret: undefined,
      },
    );
  });

  it('believes a flag over a variable, and takes an empty variable as unset', () => {
    assert.equal(config({ PORT: '4000' }, '--port', '5000').port, 5000);
    assert.equal(config({ PORT: '4000' }, '--port=5000').port, 5000);
    assert.equal(config({ PORT: '' }).port, 3000);
  });

  it('reports every problem at once', () => {
    const all = problems(
      { PORT: '70000', ROOM_CAPACITY: 'many', TLS_CERT: 'cert.pem', TURN_URLS: 'turn:relay.example.com' },
      '--log-level',
      'loud',
      '--colour=red',
      'now',
    );
    assert.deepEqual(all, [
      '--colour: there is no such setting, see --help',
      'now: not understood, see --help',
      'PORT: expected a whole number from 0 to 65535, not "70000"',
      'ROOM_CAPACITY: expected a whole number from 1 to 100, not "many"',
      'LOG_LEVEL: expected fatal, error, warn, info, debug, trace or silent, not "loud"',
      'TLS_CERT and TLS_KEY: one is of no use alone',
      'TURN_URLS: needs TURN_SECRET, the secret that those relays share',
    ]);
  });

  it('misses the certificate of a TLS port', () => {
    assert.deepEqual(problems({ TURN_TLS_PORT: '443' }), ['TURN_TLS_PORT: needs TLS_CERT and TLS_KEY']);
    assert.deepEqual(problems({ TURN_TLS_PORT: '443', TLS_CERT: 'a', TLS_KEY: 'b' }), []);
  });

  it('never repeats a secret', () => {
    assert.doesNotMatch(problems({ TURN_SECRET: ',', ICE_SERVERS: '{"credential":"hush"}' }).join(), /hush/);
  });

  it('misses the value of a flag', () => {
    assert.deepEqual(problems({}, '--port'), ['--port: needs a value']);
  });

  for (const variable of futureVariables) {
    it(`refuses ${variable} until something obeys it`, () => {
      assert.deepEqual(problems({ [variable]: 'x' }), [`${variable}: this version does not support it yet`]);
    });
  }

  const good: [string, keyof Config, unknown][] = [
    [
      'ALLOWED_ORIGINS=https://a.example, https://b.example:8443/',
      'allowedOrigins',
      ['https://a.example', 'https://b.example:8443'],
    ],
    ['PUBLIC_URL=https://example.com/calls', 'publicUrl', new URL('https://example.com/calls')],
    ['TRUST_PROXY=loopback,10.0.0.0/8,2001:db8::1', 'trustProxy', ['loopback', '10.0.0.0/8', '2001:db8::1']],
    ['TURN_PORT=off', 'turnPort', 'off'],
    ['METRICS_LISTEN=127.0.0.1:9464', 'metricsListen', { address: '127.0.0.1', port: 9464 }],
    ['METRICS_LISTEN=[::1]:0', 'metricsListen', { address: '::1', port: 0 }],
    ['TURN_TLS_PORT=off', 'turnTlsPort', 'off'],
    ['DRAIN=0', 'drain', 0],
    ['TURN_RELAY_PORTS=50000-50100', 'turnRelayPorts', { min: 50_000, max: 50_100 }],
    ['TURN_SECRET=new,old', 'turnSecret', ['new', 'old']],
    ['TURN_LISTEN=192.0.2.1,2001:db8::1', 'turnListen', ['192.0.2.1', '2001:db8::1']],
    ['TURN_HOST=relay.example.com', 'turnHost', 'relay.example.com'],
    ['ICE_SERVERS=[{"urls":"stun:a.example"}]', 'iceServers', [{ urls: ['stun:a.example'] }]],
  ];
  for (const [text, name, value] of good) {
    it(`reads ${text}`, () => {
      const [variable = '', ...rest] = text.split('=');
      assert.deepEqual(config({ [variable]: rest.join('=') })[name], value);
    });
  }

  const bad = [
    ...['ALLOWED_ORIGINS=example.com', 'ALLOWED_ORIGINS=https://a.example/path', 'ALLOWED_ORIGINS=,'],
    ...['PUBLIC_URL=example.com', 'PUBLIC_URL=https://a@example.com', 'PUBLIC_URL=https://example.com/?x', 'HOST=a b'],
    ...['TRUST_PROXY=true', 'TRUST_PROXY=10.0.0.0/33', 'TURN_RELAY_PORTS=2-1', 'TURN_RELAY_IP=example.com'],
    ...['ICE_SERVERS={}', 'ICE_SERVERS=[{"urls":"http://a.example"}]', 'ICE_SERVERS=[{"urls":[]}]', 'TURN_PORT=-1'],
    ...['METRICS_LISTEN=9464', 'METRICS_LISTEN=localhost:9464', 'METRICS_LISTEN=::1:9464', 'METRICS_LISTEN=127.0.0.1:'],
    ...['TURN_URLS=stun:a.example', 'TURN_PEER_DENY=10.0.0', 'TURN_CREDENTIAL_TTL=1e3', 'PORT=0x50'],
    ...['TURN_WORKERS=0', 'TURN_WORKERS=65'],
  ];
  for (const text of bad) {
    it(`refuses ${text}`, () => {
      const [variable = '', ...rest] = text.split('=');
      const [problem = ''] = problems({ [variable]: rest.join('='), TURN_SECRET: 's' });
      assert.ok(problem.startsWith(`${variable}: expected `), problem);
    });
  }
});

describe('what the relay could not run on', () => {
  it('is refused by name: wildcards, zones and two of a family', () => {
    for (const variable of ['TURN_RELAY_IP', 'TURN_EXTERNAL_IP']) {
      const problem = (text: string) => problems({ [variable]: text });
      for (const wildcard of ['0.0.0.0', '::', '0:0::0']) {
        assert.deepEqual(problem(wildcard), [
          `${variable}: ${wildcard} is a wildcard, and a peer could not send there`,
        ]);
      }
      assert.deepEqual(problem('fe80::1%eth0'), [
        `${variable}: fe80::1%eth0 has a zone, and a peer could not send there`,
      ]);
      assert.deepEqual(problem('192.0.2.1,192.0.2.2'), [
        `${variable}: 192.0.2.1, 192.0.2.2 are more than one of a family`,
      ]);
      assert.deepEqual(problem('192.0.2.1,2001:db8::1'), []);
    }
  });

  for (const variable of ['TURN_PEER_ALLOW', 'TURN_PEER_DENY']) {
    it(`is refused: a range in ${variable} that may mean a host or a network, or that only others can read`, () => {
      for (const text of ['10.0.0.1/8', '10.0.0.0/8,192.168.1.1/24', 'fd00::1/8', '10.0.0.0/08']) {
        const expected = 'CIDR ranges such as 10.0.0.0/8, with no bit set behind the prefix, separated by commas';
        assert.deepEqual(problems({ [variable]: text }), [`${variable}: expected ${expected}, not "${text}"`]);
      }
      assert.deepEqual(problems({ [variable]: '10.0.0.1,10.0.0.0/8,fd00::/8' }), []);
    });
  }

  it('is refused: one port for two, also where it is the default', () => {
    const tls = { TLS_CERT: 'a', TLS_KEY: 'b' };
    const both = (port: number) => [`TURN_PORT and TURN_TLS_PORT: both would take port ${port}`];
    assert.deepEqual(problems({ ...tls, TURN_PORT: '443', TURN_TLS_PORT: '443' }), both(443));
    assert.deepEqual(problems({ ...tls, TURN_PORT: '5349' }), both(5349));
    assert.deepEqual(problems({ TURN_PORT: '5349' }), []);
    assert.deepEqual(problems({ ...tls, TURN_PORT: '0', TURN_TLS_PORT: '0' }), []);
    // Three from 5347 on are 5347, 5348 and 5349.
    assert.deepEqual(problems({ ...tls, TURN_PORT: '5347', TURN_WORKERS: '3' }), both(5349));
    assert.deepEqual(problems({ ...tls, TURN_PORT: '5346', TURN_WORKERS: '3' }), []);
  });
});

describe('what a full room would find out is said at the start', () => {
  const warnings = (environment: Record<string, string>) => relayWarnings(config(environment));

  it('says nothing where all find room', () => {
    for (const fine of [{}, { ROOM_CAPACITY: '32' }, { TURN_WORKERS: '17' }, { TURN_TOTAL_QUOTA: '224' }]) {
      assert.deepEqual(warnings(fine), [], JSON.stringify(fine));
    }
    assert.deepEqual(warnings({ TURN_PORT: 'off', TURN_TOTAL_QUOTA: '1' }), []);
  });

  it('names the quota or the range of ports that is too small, for one worker or for each', () => {
    assert.deepEqual(warnings({ ROOM_CAPACITY: '33' }), [
      'TURN_TOTAL_QUOTA: a room of 33 takes up to 4224 allocations, and there are 4000',
    ]);
    assert.deepEqual(warnings({ TURN_RELAY_PORTS: '49152-49251' }), [
      'TURN_RELAY_PORTS: a room of 8 takes up to 224 allocations, and there are 100',
    ]);
    assert.deepEqual(warnings({ TURN_WORKERS: '18' }), [
      'TURN_TOTAL_QUOTA: a room of 8 takes up to 224 allocations, and there are 222, the share of one of 18 workers',
    ]);
    assert.deepEqual(warnings({ TURN_TOTAL_QUOTA: '223', TLS_CERT: 'a', TLS_KEY: 'b' }), [
      'TURN_TOTAL_QUOTA: a room of 8 takes up to 336 allocations, and there are 223',
    ]);
  });

  it('says that 443 is the port of one worker', () => {
    const tls = { TLS_CERT: 'a', TLS_KEY: 'b', TURN_TLS_PORT: '443' };
    assert.deepEqual(warnings(tls), []);
    assert.match(warnings({ ...tls, TURN_WORKERS: '2' }).join(), /^TURN_TLS_PORT: 443 is for one room in 2/);
  });
});

describe('the quota of a participant', () => {
  const tls = { TLS_CERT: 'a', TLS_KEY: 'b' };
  const refused = (least: number, capacity: number) => [
    `TURN_USER_QUOTA: a participant of a full room takes ${least}, as ROOM_CAPACITY is ${capacity}`,
  ];

  it('covers a full room of any size when nothing is said', () => {
    for (const capacity of [1, 2, 8, 9, 30, 100]) {
      const { roomCapacity, turnUserQuota } = config({ ROOM_CAPACITY: String(capacity) });
      assert.equal(turnUserQuota, undefined);
      assert.ok(userQuotaFor(roomCapacity) >= leastUserQuotaFor(roomCapacity, { hasTls: true }), String(capacity));
    }
    assert.equal(userQuotaFor(8), 56);
    assert.equal(userQuotaFor(2), 56);
    assert.equal(userQuotaFor(100), 792);
  });

  it('is refused when it does not: an allocation for each URL and each other participant, twice for ICE restarts', () => {
    assert.deepEqual(problems({ TURN_USER_QUOTA: '27' }), refused(28, 8));
    assert.deepEqual(problems({ TURN_USER_QUOTA: '28' }), []);
    assert.deepEqual(problems({ ...tls, TURN_USER_QUOTA: '41' }), refused(42, 8));
    assert.deepEqual(problems({ ...tls, TURN_USER_QUOTA: '41', TURN_TLS_PORT: 'off' }), []);
    assert.deepEqual(problems({ TURN_USER_QUOTA: '56', ROOM_CAPACITY: '20' }), refused(76, 20));
    assert.deepEqual(problems({ TURN_USER_QUOTA: '4', ROOM_CAPACITY: '2' }), []);
    assert.deepEqual(problems({ TURN_USER_QUOTA: '1', TURN_PORT: 'off' }), []);
  });
});

describe('the workers of the relay', () => {
  const of = (environment: Record<string, string>) => problems({ TURN_WORKERS: '3', ...environment });

  it('need a port each', () => {
    assert.deepEqual(of({ TURN_PORT: '65534' }), ['TURN_WORKERS: there are no 3 ports from TURN_PORT on']);
    assert.equal(config({ TURN_WORKERS: '3', TURN_PORT: '65533' }).turnWorkers, 3);
    const tls = { TLS_CERT: 'a', TLS_KEY: 'b' };
    assert.deepEqual(of({ ...tls, TURN_TLS_PORT: '65534' }), [
      'TURN_WORKERS: there are no 3 ports from TURN_TLS_PORT on',
    ]);
    assert.deepEqual(of({ ...tls, TURN_TLS_PORT: '65533' }), []);
  });

  it('need relayed ports and quota to go round', () => {
    assert.deepEqual(of({ TURN_RELAY_PORTS: '50000-50004' }), [
      'TURN_RELAY_PORTS: fewer than two for each of 3 workers',
    ]);
    assert.deepEqual(of({ TURN_TOTAL_QUOTA: '2' }), ['TURN_TOTAL_QUOTA: less than one for each of 3 workers']);
  });
});

describe('the help', () => {
  it('lists every setting as flag and variable', () => {
    const text = helpText('1.2.3');
    for (const { variable } of Object.values(settings)) {
      assert.match(text, new RegExp(`  --${variable.toLowerCase().replaceAll('_', '-')}  ${variable} `));
    }
  });

  it('is asked for by --help or -h, whatever else is said', () => {
    assert.equal(readConfig({ PORT: 'x' }, ['--help']).type, 'help');
    assert.equal(readConfig({}, ['-h']).type, 'help');
    assert.equal(readConfig({}, ['--version']).type, 'version');
  });
});
