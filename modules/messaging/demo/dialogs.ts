/** A dialog of customer and shop about one subject. */
export interface Dialog {
  /** How often it happens, beside the others of its language. */
  weight: number;
  /** A tag that a colleague gives the customer afterwards. */
  tag?: "Customer" | "Subscriber" | "Wholesale" | "Workshop" | "Gift" | "Complaint";
  /**
   * In their order: `<` from the customer, `>` from the shop. `[photo]` or `[invoice]` before the text: with that file.
   * `{order}`, `{beans}`, `{day}` and `{name}` are filled, with the same each time in one dialog.
   */
  lines: readonly string[];
}

export const english: readonly Dialog[] = [
  {
    weight: 12,
    tag: "Customer",
    lines: [
      "< Hi, I ordered last {day} and haven't heard anything. Order {order}",
      "> Hi {name}, thanks for asking. {order} left the roastery this morning by Royal Mail, so it should be with you tomorrow.",
      "< Perfect, thank you!",
    ],
  },
  {
    weight: 9,
    tag: "Customer",
    lines: [
      "< Which grind should I pick for a moka pot?",
      "> Fine, but not as fine as espresso. In the shop it is the setting “Moka / Aeropress”.",
      "< And which beans would you use?",
      "> {beans} is lovely in a moka pot: chocolate, little acidity. Don't pack it down, just level it.",
      "< Sold. Ordering a bag now",
    ],
  },
  {
    weight: 8,
    tag: "Subscriber",
    lines: [
      "< Can I pause my subscription while I'm away? Two weeks of tea, wish me luck",
      "> Of course. I paused it for two weeks, the next bag leaves on the {day} after you are back.",
      "< You are stars",
    ],
  },
  {
    weight: 7,
    tag: "Subscriber",
    lines: [
      "< hello, I'd like to change my subscription from 250 g to 1 kg please",
      "> Done! From the next delivery on it is 1 kg of {beans}, whole beans, every four weeks. Shall I keep the same day?",
      "< yes same day is great, thanks",
    ],
  },
  {
    weight: 6,
    tag: "Complaint",
    lines: [
      "< [photo] This is how my parcel arrived today 😕",
      "> Oh no, that is not how it left us. I am sorry, {name}. What is your order number?",
      "< {order}",
      "> Thank you. A new bag of {beans} goes out today, and I have added a tin so that the next one survives anything. No need to send this one back.",
      "< That's really kind. Didn't expect that",
    ],
  },
  {
    weight: 5,
    tag: "Complaint",
    lines: [
      "< I got ground coffee but I ordered whole beans. Order {order}",
      "> I am sorry, that was our mistake when packing. We send the whole beans today, please keep the ground bag or give it to a neighbour.",
      "< My neighbour says thank you :)",
    ],
  },
  {
    weight: 6,
    lines: [
      "< Are you open on Sunday?",
      "> The café on Harbour Street is open from 9 to 4 on Sundays. The roastery is closed, our roaster needs a rest too.",
      "< See you there",
    ],
  },
  {
    weight: 4,
    tag: "Wholesale",
    lines: [
      "< Hi, we run a small bakery with 20 seats and are looking for a new coffee supplier. Do you do wholesale?",
      "> We do, and we would love to. How many kilos do you use in a week, roughly?",
      "< About 8, mostly flat whites",
      "> Then our wholesale price list fits: 6 kg and more is delivered free each {day}. I'll attach it. Would you like to come by for a tasting?",
      "> [invoice] Wholesale price list",
      "< Yes please. Next {day} afternoon?",
      "> {day} at 3 is in the book. Bring your barista!",
    ],
  },
  {
    weight: 5,
    tag: "Workshop",
    lines: [
      "< Is there still space in the home espresso workshop?",
      "> Two places are left on {day} evening. Shall I hold one for you?",
      "< Two please, my sister joins me",
      "> Booked for {name} and sister. It starts at 18:30, and you will drink more coffee than is sensible.",
    ],
  },
  {
    weight: 5,
    tag: "Gift",
    lines: [
      "< Can you write a card with a gift order? It's for my dad's 70th",
      "> With pleasure. What should it say?",
      "< “Happy birthday Dad, now you can stop stealing mine”",
      "> 😄 Written by hand. It goes out on {day} with the gift set.",
      "< brilliant",
    ],
  },
  {
    weight: 5,
    lines: [
      "< Do you have a decaf that doesn't taste like cardboard?",
      "> Our decaf is from Huila in Colombia, decaffeinated with sugar cane. Caramel and apple, no cardboard. Reply with your grind and I'll put a sample into your next order.",
      "< Whole bean, thanks! Will report back",
    ],
  },
  {
    weight: 4,
    tag: "Customer",
    lines: [
      "< My shots run way too fast since the last bag, 15 seconds. Same grinder setting",
      "> That bag is {beans}, which is a lighter roast than the one before. Go two steps finer and aim for 28 to 30 seconds.",
      "< Two finer = 24 s, three finer = 29 s and it tastes like a strawberry?!",
      "> That is exactly what it should taste like 🍓",
    ],
  },
  {
    weight: 4,
    lines: [
      "< What's your return policy on grinders?",
      "> 30 days, in any condition short of having ground gravel. Is something wrong with yours?",
      "< No no, just thinking about the hand grinder",
    ],
  },
  {
    weight: 4,
    tag: "Customer",
    lines: [
      "< Can I get an invoice with VAT for {order}?",
      "> [invoice] Here you are. Anything to change on it?",
      "< All good, thank you",
    ],
  },
  {
    weight: 3,
    lines: [
      "< Is your packaging compostable?",
      "> The bags go into the paper bin, the valve and all. Only the label is not compostable yet, and we are working on it.",
      "< Great to hear",
    ],
  },
  {
    weight: 3,
    tag: "Customer",
    lines: [
      "< [photo] First rosetta ever!! Your milk video helped",
      "> That is better than Theo's. Please don't tell him.",
      "< my lips are sealed",
    ],
  },
  {
    weight: 3,
    lines: [
      "< do you ship to Norway?",
      "> We do: 9.50 for up to 2 kg, three to five days. Customs are paid by us.",
      "< takk!",
    ],
  },
  {
    weight: 3,
    tag: "Complaint",
    lines: [
      "< I was charged twice for {order}",
      "> I see it: the first payment was declined by the bank and shows as pending. It disappears within three days. If not, write to me and I pay it back myself.",
      "< ok, will check on {day}",
      "< It's gone. Thanks for being honest about it",
    ],
  },
  {
    weight: 3,
    lines: [
      "< Is the {beans} back in stock soon?",
      "> The new harvest lands next {day}. Shall I write to you when it is roasted?",
      "< Yes please!",
      "> You are on the list.",
    ],
  },
  {
    weight: 2,
    lines: [
      "< hi do you hire baristas for the summer",
      "> We look for two people from June on. Send a few lines about yourself to the café and ask for Mara.",
      "< will do thx",
    ],
  },
  {
    weight: 2,
    tag: "Gift",
    lines: [
      "< The gift card code doesn't work. It says expired",
      "> Our cards never expire, so that is a mistake of ours. Which code is it?",
      "< FERN-20-{order}",
      "> Try it again now, and I added a fiver for the trouble.",
      "< Works. Cheers!",
    ],
  },
];

/** Short ones for who wrote once, long ago. */
export const greetings: readonly Dialog[] = [
  {
    weight: 3,
    lines: ["< What time do you close today?", "> At 5. The last cake leaves at 4, in our experience."],
  },
  { weight: 3, lines: ["< Hi! Do you have oat milk?", "> We have, and it costs the same as cow's milk."] },
  { weight: 2, lines: ["< How much is a kilo of {beans}?", "> 32.00 for a kilo, 9.50 for 250 g."] },
  {
    weight: 2,
    lines: ["< Can I bring my dog to the café?", "> Please do. Biscuit, our terrier, is there on weekdays."],
  },
  { weight: 2, lines: ["< Do you take card?", "> Card, phone, and coins if you insist."] },
];

/** A note for other members. */
export const notes: readonly string[] = [
  "Second broken parcel in this postcode. I asked the courier about it.",
  "Regular at Harbour Street, double cortado. Be nice, she writes for the Gazette.",
  "Wants a call before noon. I do it tomorrow.",
  "Offered 10 % on the next order, code SORRY10.",
  "Theo, can you check whether the replacement went out?",
  "Payment is confirmed, refund only if they write again.",
  "Interested in 12 kg a month from January. Send the new price list.",
  "Prefers to be written to in the evening.",
  "Allergic to nuts: no praline in the gift box.",
];

export const spam: readonly string[] = [
  "Dear page owner, your page will be deleted for copyright. Verify here within 24 hours",
  "I can bring you 10,000 real followers, price list on request",
  "CONGRATULATIONS you are selected winner, send your bank details to claim",
  "Hello dear, I am a business consultant, do you have 5 minutes for crypto",
];

export const comments: readonly string[] = [
  "Is this one available as espresso grind?",
  "Had this on Saturday, unreal ☕",
  "Price?",
  "Do you deliver to Leeds?",
  "That roaster is a beauty",
  "When is the next workshop?",
  "How is it with milk?",
  "Link please",
  "I need this in my life",
  "Does it come as decaf?",
  "Best flat white in town, no contest",
  "Can I collect at the café?",
];

export const stopWords: readonly string[] = ["STOP", "Stop", "unsubscribe"];

/** Replies to a campaign. */
export const campaignAnswers: readonly (readonly [string, string])[] = [
  ["Yes please, put two bags aside for me", "Two bags with your name on them. Pay when you come by."],
  ["Ooh, how does it taste as filter?", "Like peach and black tea. Use 60 g for a litre."],
  ["Can I add it to my subscription order?", "Done, it travels with your next bag."],
  ["Is it still available?", "It is, about thirty bags are left."],
  ["Thanks, ordered!", "Thank you! It is roasted on Thursday."],
];
