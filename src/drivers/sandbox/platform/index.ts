export {
  accountNamed,
  findByRef,
  newestAccounts,
  newestPosts,
  postNumbered,
  type VisibleAccount,
  type VisiblePost,
} from './read.ts'
export { forget } from './forget.ts'
export { publishTogether, type Publish } from './publish.ts'
export { releaseDraft } from './release-draft.ts'
export { setProfile, type ProfileChanges } from './set-profile.ts'
export { signedIn, signIn } from './sign-in.ts'
export { postState, uploadState } from './state.ts'
export { NoAnswer, noLimit, Refusal, type Limit, type Posted, type SandboxPlatform } from './types.ts'
export { uploadTogether, type Upload } from './upload.ts'
