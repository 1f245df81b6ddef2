export { draftsSeen } from './drafts.ts'
export { sandboxPages } from './routes.ts'
