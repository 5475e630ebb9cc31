/** How many items a page has where nobody says. */
export const DEFAULT_PAGE = 50;
/** How many it may have; also how many ids may be asked for at once. */
export const MAX_PAGE = 500;
