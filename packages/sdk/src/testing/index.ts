export { ManualTimers } from "./manual-timers.ts";
