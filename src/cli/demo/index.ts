/** `croft demo`. */
export function demo(): Promise<void> {
  return Promise.reject(new Error('being written'))
}
