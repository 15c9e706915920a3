// Which way the media of a connection goes. Reads statistics (W3C webrtc-stats), asks for nothing.

export type Path = 'direct' | 'relay';

/** The path of the candidate pair in use; undefined while there is none. */
export function pathOf(report: RTCStatsReport): Path | undefined {
  const stats = [...(report.values() as Iterable<Stats>)];
  const selectedId = stats.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
  const pair = stats.find(({ type, id, selected }) =>
    // Firefox has no transport statistics, and marks the pair instead.
    selectedId ? id === selectedId.selectedCandidatePairId : type === 'candidate-pair' && selected,
  );
  if (!pair) return undefined;
  const ends = stats.filter(({ id }) => id === pair.localCandidateId || id === pair.remoteCandidateId);
  return ends.some(({ candidateType }) => candidateType === 'relay') ? 'relay' : 'direct';
}

interface Stats {
  type: string;
  id: string;
  selected?: boolean;
  selectedCandidatePairId?: string;
  localCandidateId?: string;
  remoteCandidateId?: string;
  candidateType?: string;
}
