/** The countries of ISO 3166 as the spoken language calls and sorts them. */

const CODES =
  "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ " +
  "DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM " +
  "JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL " +
  "NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL " +
  "TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

const made = new Map<string, readonly (readonly [code: string, name: string])[]>();

export function countries(language: string): readonly (readonly [code: string, name: string])[] {
  let list = made.get(language);
  if (!list) {
    const names = new Intl.DisplayNames(language, { type: "region" });
    const sort = new Intl.Collator(language);
    list = CODES.split(" ").map((code) => [code, names.of(code) ?? code] as const).sort((one, other) => sort.compare(one[1], other[1]));
    made.set(language, list);
  }
  return list;
}

/** The country that a browser's languages speak of, for a form that need not ask twice. */
export function homeCountry(wanted: readonly string[] = navigator.languages): string {
  for (const tag of wanted) {
    try {
      const { region } = new Intl.Locale(tag);
      if (region && CODES.includes(region)) return region;
    } catch {
      // not a language tag
    }
  }
  return "";
}
