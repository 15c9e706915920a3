// The English words of what passes over the stage: they come with ui/notice.ts.

export const notice = {
  'notice.reconnecting': 'Connection lost. Reconnecting…',
  'notice.back': 'You are back.',
  'notice.audioBlocked': 'Your browser holds back the sound.',
  'notice.audioBlocked.act': 'Turn on sound',
  'notice.videoOff': 'Weak network. Your video is off so that the sound stays clear.',
  'notice.videoOff.undo': 'Turn on',
  'notice.interrupted': 'Another app took your microphone.',
  'notice.interrupted.act': 'Resume',
  'notice.deviceLost': '{device} was unplugged. Now using {other}.',
  'notice.sharing': '{name} shares a screen.',
  'notice.noPath': 'No way to {name} yet. Still trying…',
  'notice.noConnection': 'No connection to {name}. Your network may block calls: try another one.',
  'notice.joined': '{name} joined.',
  'notice.left': '{name} left.',
  'notice.mutedByHost': 'A host turned your microphone off.',
  'notice.unmute': 'Unmute',
  close: 'Close',

  'knock.text': '{name} wants to join.',
  'knock.many': '{count} people want to join.',
  'knock.admit': 'Let in',
  'knock.reject': 'Refuse',
} as const;
