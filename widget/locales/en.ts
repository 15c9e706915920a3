// The English words that the first picture of a call needs; those of a part that is loaded later come with it, from
// en-….ts. Every other language has all these keys in one file. Knows no place where a word is shown.

export const en = {
  'call.label': 'Video call',
  again: 'Try again',
  cancel: 'Cancel',

  'poster.title': 'Join the call',
  'poster.hint': 'Your camera stays off until you press Join.',
  'poster.join': 'Join',

  'permission.asking.title': 'Allow camera and microphone',
  'permission.asking.text': 'Your browser is asking you now.',

  'error.server-unreachable.title': 'The call server does not answer',
  'error.server-unreachable.text': 'Check your internet connection.',

  'joining.title': 'Joining…',
  'joining.slow': 'This takes longer than usual.',
  'waiting.title': 'Waiting to be let in',
  'waiting.text': 'Someone in the call has been asked.',
  'waiting.place': 'You are number {n} in line.',
  'waiting.cancel': 'Cancel',

  'people.title': 'People',
  'tile.you': 'You',
  'tile.guest': 'Guest',
  'tile.connecting': 'Connecting…',
  'tile.reconnecting': 'Reconnecting…',
  'tile.failed': 'No connection',
  'tile.micOff': 'Microphone off',
  'tile.videoPaused': 'Video paused: weak network',
  'tile.screenOf': 'Screen of {name}',
  'quality.fair': 'Fair connection',
  'quality.poor': 'Poor connection',

  'bar.label': 'Call controls',
  'bar.microphone': 'Microphone',
  'bar.camera': 'Camera',
  'bar.screen': 'Share screen',
  'bar.leave': 'Leave',
  'tip.mute': 'Turn off microphone',
  'tip.unmute': 'Turn on microphone',
  'tip.cameraOff': 'Turn off camera',
  'tip.cameraOn': 'Turn on camera',
} as const;
