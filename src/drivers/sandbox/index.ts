export { createSandboxDriver } from './driver.ts'
export { addFault, clearFaults, faultSays, faultsOf, listFaults, type SandboxFault } from './faults.ts'
