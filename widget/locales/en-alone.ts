// The English words for who is in a call with nobody else: they come with ui/alone.ts.

export const alone = {
  'alone.title': 'You are the only one here',
  'alone.text': 'Send the link to the people you expect.',
  'alone.copy': 'Copy link',
  'alone.copied': 'Link copied',
} as const;
