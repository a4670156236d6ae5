/** A name within a sentence: in its own direction, whatever the sentence's (Unicode UAX #9, FSI and PDI). */
export const isolated = (text: string): string => `\u2068${text}\u2069`

/** A number, an address or a scheme within a sentence: from left to right in every language (LRI and PDI). */
export const leftToRight = (text: string): string => `\u2066${text}\u2069`
