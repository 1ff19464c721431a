/** Words that find contacts, conversations and messages. */
export { excerptOf, type MarkedPart, markWords } from "./marks.ts";
export { hasName, messagesByIndex, namesWay, type NamesWay } from "./ways.ts";
export { wordCount } from "./word_sample.ts";
export { hasWords, othersRead, readSearch, readsWords, type WordSearch } from "./words.ts";
