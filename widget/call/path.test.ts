import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathOf } from './path.ts';

const candidates = (local: string, remote: string) => [
  { type: 'local-candidate', id: 'L', candidateType: local },
  { type: 'remote-candidate', id: 'R', candidateType: remote },
  { type: 'local-candidate', id: 'other', candidateType: 'relay' },
];
const report = (...stats: { id: string }[]) => new Map(stats.map(one => [one.id, one])) as unknown as RTCStatsReport;
const pair = { type: 'candidate-pair', id: 'P', localCandidateId: 'L', remoteCandidateId: 'R' };
const transport = { type: 'transport', id: 'T', selectedCandidatePairId: 'P' };

describe('the path of a connection', () => {
  it('is direct when neither end of the selected pair is a relay', () => {
    assert.equal(pathOf(report(transport, pair, ...candidates('host', 'prflx'))), 'direct');
  });

  it('is a relay when either end is', () => {
    assert.equal(pathOf(report(transport, pair, ...candidates('relay', 'prflx'))), 'relay');
    assert.equal(pathOf(report(transport, pair, ...candidates('srflx', 'relay'))), 'relay');
  });

  it('is read from the marked pair where there are no transport statistics', () => {
    const unused = { ...pair, id: 'Q', remoteCandidateId: 'other', selected: false };
    assert.equal(pathOf(report(unused, { ...pair, selected: true } as never, ...candidates('host', 'host'))), 'direct');
  });

  it('is unknown while no pair is selected', () => {
    assert.equal(
      pathOf(report({ type: 'transport', id: 'T' } as never, pair, ...candidates('host', 'host'))),
      undefined,
    );
  });
});
