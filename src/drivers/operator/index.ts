export { createOperatorDriver } from './driver.ts'
