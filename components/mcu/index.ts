export { Mcu } from './mcu.ts';
