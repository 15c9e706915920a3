// The English words of the preview: they come with ui/preview.ts.

export const preview = {
  'preview.title': 'Ready to join?',
  'preview.name': 'Your name',
  'preview.join': 'Join now',
  'preview.cameraOff': 'Your camera is off',
} as const;
