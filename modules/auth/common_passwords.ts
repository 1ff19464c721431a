import { dictionary } from "@zxcvbn-ts/language-common";

/** About 49,000 passwords of published lists of leaks, in lower case, the most frequent first. */
const leaked: readonly string[] = dictionary["passwords-common"];

/** Words of our own field, and patterns and names of the places in which it is used. */
const words =
  `password passw0rd p@ssword p@ssw0rd pa55word pass passwd passcode passphrase mypassword newpassword
qwerty qwertyu qwertyui qwertyuiop qwerty1 qwe qweasd qweasdzxc qwer qazwsx qazwsxedc 1qaz2wsx 1qaz2wsx3edc 1q2w3e
1q2w3e4r 1q2w3e4r5t q1w2e3 q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1zaq1 !qaz2wsx asdf asdfg asdfgh asdfghjkl asd zxc zxcv
zxcvbn zxcvbnm azerty qwertz abc abcd abcde abcdef abcdefg abcdefgh abc123abc a1b2c3 a1b2c3d4 aa123456 123abc 123qwe
1234qwer 12345qwert 123456a 12345678a 123456789a a123456 a12345678 a123456789 abcd1234 1234abcd 123456abc
111aaa 11aa22bb 1a2b3c 1a2b3c4d 12qwaszx 12345qwe 123123a 123321a 147258a 159357a 987654321a
welcome letmein login admin administrator root toor user guest test testing tester testtest default changeme changeit
change secret topsecret access access14 master mustang dragon monkey shadow sunshine princess football baseball
basketball superman batman spiderman ironman starwars pokemon naruto trustno iloveyou ilovegod loveme lovely lover
love hello hellohello hello123hello whatever freedom flower flowers summer winter spring autumn january february march
april may june july august september october november december monday tuesday wednesday thursday friday saturday
sunday michael jordan michelle jessica jennifer ashley daniel thomas robert andrew joshua matthew anthony charlie
george william nicole hannah amanda samantha alexander alexandra maria martin david james john richard maggie buster
tigger ginger pepper cookie cheese banana orange chocolate coffee computer internet samsung google facebook messenger
instagram youtube twitter linkedin microsoft windows apple iphone android nokia office company business server
database oracle mysql postgres postgresql redis docker linux ubuntu github gitlab system network security support
service manager operator owner viewer messagesender liverpool chelsea arsenal barcelona realmadrid juventus manchester
united london paris berlin america canada australia england france germany bangladesh dhaka india pakistan nepal
killer soccer hockey ranger hunter harley yankees cowboys eagles lakers steelers thunder phoenix diamond golden silver
money forever family friends blessed jesus christ angel angels heaven babygirl baby blink182 nirvana metallica
eminem slipknot jasmine brandon justin tinkerbell snoopy scooby pass1234word mypass temp temporary temppass tempo
initial start startup begin enter entrar senha contraseña contrasena hola bonjour motdepasse soleil passwort hallo
geheim schatz parola parol privet nikita marina natasha wachtwoord welkom salasana haslo polska kiran krishna
ganesh sairam omsairam bismillah allah mohammad muhammad ahmed`
    .split(/\s+/)
    .filter((word) => word !== "");

/** Whole passwords that are guessed first. Compared without case. */
export const commonPasswords: ReadonlySet<string> = new Set([...leaked, ...words]);

/**
 * Words that guessers extend by digits and signs. Of the list only the beginning: further down it has ordinary words
 * of languages, behind which digits are not what makes a password guessable.
 */
export const commonWords: ReadonlySet<string> = new Set([...leaked.slice(0, 5_000), ...words]);
