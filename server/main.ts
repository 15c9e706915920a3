#!/usr/bin/env node
// The process: arguments, environment, signals, what is printed and how it ends. It decides nothing else.
import { networkInterfaces } from 'node:os';
import { bannerText } from './banner.ts';
import { readConfig } from './config.ts';
import { helpText } from './help.ts';
import { packageVersion } from './package-root.ts';
import type { Config } from './settings.ts';
import { startServer, StartError } from './start.ts';
import type { RunningServer } from './start.ts';
import { tokenCommand } from './token-command.ts';

/** Whoever has not closed by then is not waited for. */
const shutdownMs = 4_500;

const [command, ...args] = process.argv.slice(2);
if (command === 'token') await printToken(args);
else await host();

async function host(): Promise<void> {
  const outcome = readConfig(process.env, process.argv.slice(2));
  switch (outcome.type) {
    case 'help':
      console.log(helpText(packageVersion));
      break;
    case 'version':
      console.log(packageVersion);
      break;
    case 'problems':
      console.error(['video-call cannot start:', ...outcome.problems.map(problem => `  ${problem}`)].join('\n'));
      process.exitCode = 1;
      break;
    case 'config':
      await run(outcome.config);
      break;
  }
}

async function printToken(args: readonly string[]): Promise<void> {
  const outcome = await tokenCommand(process.env, args, Date.now());
  if ('token' in outcome) {
    console.log(outcome.token);
  } else {
    console.error(['video-call token:', ...outcome.problems.map(problem => `  ${problem}`)].join('\n'));
    process.exitCode = 1;
  }
}

async function run(config: Config): Promise<void> {
  try {
    // Log lines go to stderr: stdout holds the banner, for people.
    const server = await startServer(config, { logStream: process.stderr });
    endWith(server);
    console.log(banner(config, server));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function endWith({ app, close }: RunningServer): void {
  process.on('uncaughtException', error => {
    app.log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  let ending = false;
  const end = () => {
    if (ending) process.exit(0);
    ending = true;
    setTimeout(() => process.exit(0), shutdownMs).unref();
    void close().then(() => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function banner(config: Config, { app, relay }: RunningServer): string {
  const addresses = app.addresses().filter(each => typeof each !== 'string');
  const external = Object.values(networkInterfaces())
    .flatMap(each => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  return bannerText({
    version: packageVersion,
    secure: config.tlsCert !== undefined,
    port: addresses[0]?.port ?? config.port,
    hosts: addresses.map(({ address }) => address),
    localAddresses: external.map(({ address }) => address),
    publicUrl: config.publicUrl,
    relayPort: relay?.addresses[0]?.port,
    openToAll: config.allowedOrigins === '*',
  });
}
