import type { Content } from "../templates/mod.ts";

/** Utility templates that Meta approved for the roastery's page, by name. */
export const utilityTexts = {
  order_shipped: "Good news: your order {{order_id}} is on its way. It arrives in one to two working days.",
  subscription_renews: "Your coffee subscription renews on {{date}}. Reply here to change or pause it.",
  pickup_ready: "Your order is ready at the café on Harbour Street. We are open until 5 pm.",
} as const;

export const shopUrl = "https://fernhill.example";

/** Saved messages. */
export const templateTexts: readonly { name: string; category: string; content: Content }[] = [
  {
    name: "hello",
    category: "Greetings",
    content: { text: "Hi {{first_name|there}}, thanks for writing to {{page_name}}. How can we help?" },
  },
  {
    name: "shipping",
    category: "Orders",
    content: {
      text: "We ship from Monday to Friday. Within the UK a parcel takes one to two days, to the EU three to five.",
    },
  },
  {
    name: "broken parcel",
    category: "Orders",
    content: {
      text: "I am sorry, {{first_name|that is not how it left us}}. Please send a photo and your order number, and a new bag goes out today.",
    },
  },
  {
    name: "grind guide",
    category: "Coffee",
    content: {
      text: "Which brewer do you use? Tap one, and we tell you the setting.",
      quickReplies: [
        { title: "Moka pot" },
        { title: "French press" },
        { title: "Filter" },
        { title: "Espresso" },
      ],
    },
  },
  {
    name: "opening hours",
    category: "Café",
    content: {
      text: "Harbour Street: Monday to Saturday 8 to 17, Sunday 9 to 16. The roastery: Monday to Friday 8 to 18.",
      buttons: [{ type: "url", title: "How to find us", url: `${shopUrl}/visit` }],
    },
  },
  {
    name: "new harvest",
    category: "News",
    content: {
      text: "Hi {{first_name|there}}! The new Sidamo harvest is roasted: peach, black tea, honey. The first hundred bags come with a tasting card.",
      buttons: [{ type: "url", title: "See the coffee", url: `${shopUrl}/sidamo`, isTracked: true }],
    },
  },
  {
    name: "wholesale",
    category: "Business",
    content: {
      text: "From 6 kg a week on we deliver free, lend you a grinder, and train your team. May we send you the price list?",
    },
  },
];

/** Steps of the sequence: after so many minutes. */
export const welcomeSteps: readonly { minutes: number; content: Content }[] = [
  {
    minutes: 10,
    content: {
      text: "Welcome to Fernhill, {{first_name|friend}}! Reply with your brewer, and we suggest a coffee for it.",
    },
  },
  {
    minutes: 5 * 60,
    content: {
      text: "How do you like your coffee? Our brew guide takes two minutes to read and saves many cups.",
      buttons: [{ type: "url", title: "Read the guide", url: `${shopUrl}/brew`, isTracked: true }],
    },
  },
  {
    minutes: 14 * 60,
    content: {
      text: "Your first order is 10 % off with HELLO10. It ends on Sunday.",
      buttons: [{ type: "url", title: "Choose a coffee", url: `${shopUrl}/coffee`, isTracked: true }],
    },
  },
];
