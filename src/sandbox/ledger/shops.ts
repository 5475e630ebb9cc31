/** Fixed counterparties of the generated data. */
export const GROCERS = [
  { name: "REWE Markt Berlin", category: "5411" },
  { name: "EDEKA Müller", category: "5411" },
  { name: "Lidl sagt Danke", category: "5411" },
  { name: "Bio Company", category: "5499" },
] as const;

export const RESTAURANTS = [
  { name: "Trattoria Bella Vista", category: "5812" },
  { name: "Zum Goldenen Hirsch", category: "5812" },
  { name: "Sushi Hôshi", category: "5812" },
] as const;

export const ABROAD = [
  { name: "CLOUDHOST INC", category: "7372", town: "SEATTLE", country: "US", currency: "USD", rates: ["1.0829", "1.0912", "1.1043"] },
  { name: "WIFIMARKET.SE", category: "5732", town: "STOCKHOLM", country: "SE", currency: "SEK", rates: ["11.2450", "11.3120", "11.0985"] },
  { name: "KAVARNA PRAHA", category: "5814", town: "PRAHA", country: "CZ", currency: "CZK", rates: ["24.6150", "25.0200", "24.9315"] },
] as const;

export const ONLINE = [
  { name: "Bücher Online GmbH", category: "5942" },
  { name: "Deutsche Bahn Fernverkehr", category: "4112" },
  { name: "Kino International", category: "7832" },
  { name: "Apotheke am Markt", category: "5912" },
] as const;

export const CARD_CODE = "PMNT-CCRD-POSD";
