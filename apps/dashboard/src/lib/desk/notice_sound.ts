const LOUDNESS = 0.12;
/** Two tones, a fourth apart: their hertz, and the seconds at which they begin. */
const TONES = [
  { hertz: 880, at: 0 },
  { hertz: 1174.7, at: 0.11 },
];
const LENGTH = 0.32;

let audio: AudioContext | null = null;

/** Plays a short sound that is made here, so that nothing is loaded. */
export function playNoticeSound(): void {
  // Until somebody did something in this tab the browser keeps it silent, and would play the sound late.
  if (!navigator.userActivation.hasBeenActive) return;
  audio ??= new AudioContext();
  void audio.resume();
  for (const { hertz, at } of TONES) {
    const begins = audio.currentTime + at;
    const tone = new OscillatorNode(audio, { type: "sine", frequency: hertz });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begins + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + LENGTH);
    tone.connect(volume).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + LENGTH);
  }
}
