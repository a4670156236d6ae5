/** Colour is for meaning (LOOK-1): blue information and the live line, green success, red complaints and errors, yellow pending, purple secondary. */
export type Hue = 'blue' | 'green' | 'red' | 'yellow' | 'purple' | 'plain'
