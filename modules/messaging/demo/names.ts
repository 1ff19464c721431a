/** A group of customers by language: their number of 100, their time zones, and their names. */
export interface People {
  locale: string;
  share: number;
  timezones: readonly string[];
  first: readonly string[];
  last: readonly string[];
}

const words = (text: string) => text.split(" ");

export const people: readonly People[] = [
  {
    locale: "en_GB",
    share: 46,
    timezones: ["Europe/London", "Europe/London", "Europe/Dublin"],
    first: words(
      "Amelia Oliver Isla George Freya Harry Poppy Jack Maisie Noah Ivy Leo Grace Arthur Rosie Theo Ella Oscar Daisy Archie Imogen Finlay Hannah Callum Niamh Aidan Priya Rohan Zara Kofi Abena Mei Wei Tomasz Agnieszka Beth Owen Carys Rhys Sana Imran Ruth Martin Gail Stuart Helen Dev Yusuf Nadia Fergus",
    ),
    last: words(
      "Ashworth Barlow Cartwright Dunmore Ellison Fairclough Garside Holloway Ingram Jessop Kershaw Lockwood Marsden Norcross Oakley Pemberton Quigley Rowntree Sedgwick Thackray Underhill Vickers Wainwright Yardley Sharma Patel Mensah Boateng Chen Kowalski Nowak Evans Pritchard Malik Hussain Byrne Gallagher Sinclair Begum Adeyemi",
    ),
  },
  {
    locale: "en_US",
    share: 14,
    timezones: ["America/New_York", "America/Chicago", "America/Los_Angeles"],
    first: words(
      "Mason Avery Harper Logan Riley Carter Brooklyn Wyatt Hazel Jaden Sierra Cody Marisol Deshawn",
    ),
    last: words(
      "Whitfield Delgado Brennan Kowalczyk Osborne Tran Reyes Holt Fischer Grady Washington Larsen",
    ),
  },
  {
    locale: "de_DE",
    share: 11,
    timezones: ["Europe/Berlin", "Europe/Vienna"],
    first: words(
      "Annika Jonas Lena Felix Svenja Matthias Heike Jürgen Katrin Till Marlene Bastian Ulrike Özgür",
    ),
    last: words(
      "Brinkmann Schäfer Vogt Lindner Hartwig Köhler Reimann Strauß Yildiz Petersen Zeller Baumgart",
    ),
  },
  {
    locale: "es_ES",
    share: 9,
    timezones: ["Europe/Madrid", "America/Mexico_City"],
    first: words("Lucía Mateo Carmen Hugo Inés Álvaro Paula Sergio Marta Diego Nuria Joaquín Ximena Andrés"),
    last: words("Navarro Ibáñez Castaño Herrera Montes Peña Lozano Cabrera Quintero Rojas Salinas Varela"),
  },
  {
    locale: "fr_FR",
    share: 8,
    timezones: ["Europe/Paris", "Europe/Brussels"],
    first: words("Camille Hugo Manon Théo Élodie Baptiste Inès Julien Noémie Rémi Aïcha Clément Solène Maël"),
    last: words(
      "Lefèvre Moreau Girard Chevalier Delacroix Benali Perrin Gauthier Marchand Roussel Colin Vasseur",
    ),
  },
  {
    locale: "it_IT",
    share: 5,
    timezones: ["Europe/Rome"],
    first: words("Giulia Matteo Chiara Lorenzo Elisa Davide Martina Pietro Silvia Tommaso"),
    last: words("Ferrari Colombo Greco Mancini Bianchi Rinaldi Conti Marchetti Sartori De-Luca"),
  },
  {
    locale: "pt_PT",
    share: 4,
    timezones: ["Europe/Lisbon", "America/Sao_Paulo"],
    first: words("Beatriz Tiago Leonor Duarte Catarina Rui Mafalda Gonçalo Joana Thiago"),
    last: words("Carvalho Figueiredo Antunes Moreira Pacheco Teixeira Lourenço Barros Nogueira Sampaio"),
  },
  {
    locale: "ar_AR",
    share: 3,
    timezones: ["Asia/Dubai", "Africa/Cairo"],
    first: words("ليلى عمر سارة يوسف نور كريم هدى طارق مريم خالد"),
    last: words("حداد منصور الخطيب شاهين نجار سليمان العلي فارس"),
  },
];
