#!/usr/bin/env node
// The process: arguments, environment, signals, what is printed and how it ends. It decides nothing else.
import { networkInterfaces } from 'node:os';
import { bannerText, selfCheckText, turnBannerText } from './banner.ts';
import { readConfig } from './config.ts';
import { helpText, turnHelpText } from './help.ts';
import { packageVersion } from './package-root.ts';
import { relayWarnings } from './relay-warnings.ts';
import { relayPortsOf } from './relay.ts';
import type { Config } from './settings.ts';
import { StartError } from './start-error.ts';
import { startServer } from './start.ts';
import type { RunningServer } from './start.ts';
import { startTurn } from './start-turn.ts';
import type { RunningTurn } from './start-turn.ts';
import { tokenCommand } from './token-command.ts';

/** Whoever has not closed by then is not waited for. */
const shutdownMs = 4_500;

const [command, ...rest] = process.argv.slice(2);
if (command === 'token') await printToken(rest);
else if (command === 'turn') await host(rest, { help: turnHelpText, start: runTurn });
else await host(process.argv.slice(2), { help: helpText, start: run });

interface Program {
  help: (version: string) => string;
  start: (config: Config) => Promise<void>;
}

async function host(args: readonly string[], { help, start }: Program): Promise<void> {
  const outcome = readConfig(process.env, args);
  switch (outcome.type) {
    case 'help':
      console.log(help(packageVersion));
      break;
    case 'version':
      console.log(packageVersion);
      break;
    case 'problems':
      console.error(['video-call cannot start:', ...outcome.problems.map(problem => `  ${problem}`)].join('\n'));
      process.exitCode = 1;
      break;
    case 'config':
      for (const warning of relayWarnings(outcome.config)) console.error(`Warning: ${warning}.`);
      await orSentence(() => start(outcome.config));
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

/** What the operator can act on is one sentence and exit code 1. */
async function orSentence(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function run(config: Config): Promise<void> {
  // Log lines go to stderr: stdout holds the banner, for people.
  const server = await startServer(config, { logStream: process.stderr });
  dieOfFaults(server.app.log);
  const ending = new AbortController();
  onSignals(() => {
    if (ending.signal.aborted) process.exit(0);
    ending.abort();
    endBy(server.close);
  });
  console.log(banner(config, server));
  const findings = await server.checkRelay();
  if (findings.length > 0 && !ending.signal.aborted) console.log(`${selfCheckText(findings)}\n`);
}

async function runTurn(config: Config): Promise<void> {
  const turn = await startTurn(config, { logStream: process.stderr });
  dieOfFaults(turn.log);
  const ending = new AbortController();
  onSignals(() => {
    // The second one: calls or not.
    if (ending.signal.aborted) endBy(turn.close);
    else {
      ending.abort();
      console.log(drainText(config, turn));
      void turn.drain().then(() => endBy(turn.close));
    }
  });
  console.log(turnBanner(turn));
  const findings = await turn.checkRelay();
  if (!ending.signal.aborted) console.log(`${selfCheckText(findings)}\n`);
}

function dieOfFaults(log: RunningTurn['log']): void {
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
}

function onSignals(end: () => void): void {
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function endBy(close: () => Promise<void>): void {
  setTimeout(() => process.exit(0), shutdownMs).unref();
  void close().then(() => process.exit(0));
}

function drainText({ drain }: Config, { relay }: RunningTurn): string {
  const { allocations } = relay.counts();
  if (allocations === 0) return '  Ending.';
  return `  Ending when ${allocations} allocations have ended, after ${drain} s at the latest, or at the next signal.`;
}

function turnBanner({ relay, metrics }: RunningTurn): string {
  return turnBannerText({
    version: packageVersion,
    relays: relayPortsOf(relay),
    addresses: [...new Set(relay.addresses.map(({ address }) => address))],
    metricsUrl: metrics?.url,
  });
}

function banner(config: Config, { app, relay, metrics }: RunningServer): string {
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
    relays: relayPortsOf(relay),
    metricsUrl: metrics?.url,
    openToAll: config.allowedOrigins === '*',
  });
}
