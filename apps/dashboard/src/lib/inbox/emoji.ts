export interface Emoji {
  sign: string;
  /** What it is found by. */
  words: string;
}

const LIST = `
😀 smile happy|😄 laugh happy|😂 tears joy laugh|😊 blush smile warm|🙂 slight smile|😉 wink|😍 love eyes|😘 kiss|🤗 hug
🤔 think hmm|😅 sweat relief|😬 grimace awkward|😮 surprised wow|😢 sad cry|😭 sob cry|😞 disappointed sad|😕 confused|😔 sorry pensive
😡 angry|😎 cool sunglasses|🥳 party celebrate|🤩 star eyes excited|😇 angel|🙈 monkey oops|🤝 handshake deal|🙏 please thanks pray|👍 thumbs up yes ok
👎 thumbs down no|👌 ok perfect|👏 clap bravo|🙌 hooray hands|👋 wave hello bye|✌️ peace victory|🤞 fingers crossed luck|💪 strong muscle|👀 eyes look
❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart violet|🖤 heart black|💔 broken heart|💯 hundred perfect
✅ check done yes|❌ cross no|❗ exclamation important|❓ question|⚠️ warning|⭐ star|✨ sparkles new|🔥 fire hot|🎉 party tada
🎁 gift present|🎂 cake birthday|🏆 trophy win|💡 idea bulb|🔔 bell reminder|📣 megaphone news|📦 parcel package delivery|🚚 truck delivery shipping|✈️ plane travel
🏠 home house|🏪 shop store|🛒 cart basket shopping|💳 card payment|💰 money|🧾 receipt invoice|💶 euro money|🏷️ label price sale|🎟️ ticket coupon voucher
📅 calendar date|⏰ alarm clock time|⏳ hourglass wait|📍 pin place location|🗺️ map|📞 phone call|📱 mobile phone|📧 mail email|💬 chat message
📷 camera photo|📎 paperclip file|📝 note write|🔗 link|🔒 lock secure|🔑 key|🔍 search find|🛠️ tools repair|♻️ recycle
☀️ sun weather|🌧️ rain weather|❄️ snow cold|🌈 rainbow|🌸 flower blossom|🌿 plant green|🌍 world earth|🌙 moon night|⚡ lightning fast
☕ coffee|🍵 tea|🍺 beer|🍷 wine|🍕 pizza|🍔 burger|🥗 salad|🍰 cake dessert|🍎 apple fruit
🐶 dog|🐱 cat|🚲 bike bicycle|🚗 car|⚽ football sport|🎵 music|🎮 game|👕 shirt clothes|👟 shoe`;

/** The signs that people use when they answer customers; every other one can be typed or pasted. */
export const EMOJI: readonly Emoji[] = LIST.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const [sign = "", ...words] = entry.split(" ");
    return { sign, words: words.join(" ") };
  });
