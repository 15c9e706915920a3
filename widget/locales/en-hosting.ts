// The English words of what only hosts see: they come with ui/hosting.ts.

export const hosting = {
  'bar.more': 'More',
  'bar.lock': 'Lock the room',
  'bar.end': 'End for everyone',
  'tile.actions': 'Actions for {name}',
  'tip.makeHost': 'Make host',
  'tip.remove': 'Remove from call',
} as const;
