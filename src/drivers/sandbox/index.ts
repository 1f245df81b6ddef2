export { createSandboxDriver } from './driver.ts'
export { addFault, clearFaults, faultDescriptions, faultsOf, listFaults, type SandboxFault } from './faults.ts'
