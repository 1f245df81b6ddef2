/** The page of a sound, which opens in the app. TikTok's URL has the sound's name and id; only the id matters. */
export const soundUrl = (platform: 'tiktok' | 'instagram', id: string): string =>
  platform === 'tiktok'
    ? `https://www.tiktok.com/music/original-sound-${encodeURIComponent(id)}`
    : `https://www.instagram.com/reels/audio/${encodeURIComponent(id)}/`
