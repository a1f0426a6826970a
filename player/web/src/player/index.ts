/** The player as other parts of the web use it. */
export { definePlayer, FarandolePlayer, RenewEvent } from './element';
export { fetchVideo, type VideoAnswer } from './fetch-video';
export { isPlayable, toPlayerVideo, type ApiVideo } from './from-api';
export { accountAnswer, keepAnswer, type Answer } from './p2p/choice';
export { sharingQuestion } from './p2p/question';
export { formatTime, parseTime } from './time';
export { spriteAt, type Sprite } from './storyboard';
export { browserStorage } from './memory';
export { wordsFor } from './words';
export type { Access, PlayerVideo, PlayOptions, Storyboard } from './types';
