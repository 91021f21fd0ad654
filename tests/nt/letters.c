// Letters: code pages, case, comparison, classes, what a language calls things.
#include "check.h"

static void ShowBytes(const char* what, const char* bytes, int count) {
  printf("%s: %d:", what, count);
  for (int i = 0; i < count; ++i) printf(" %02x", (unsigned char)bytes[i]);
  printf("\n");
}
static void ShowUnits(const char* what, const WCHAR* units, int count) {
  printf("%s: %d:", what, count);
  for (int i = 0; i < count; ++i) printf(" %04x", units[i]);
  printf("\n");
}

static void CodePages(void) {
  static const struct {
    UINT page;
    DWORD flags;
    const char* bytes;
  } in[] = {{1252, 0, "Gr\xFC\xDF\x80\x81"},
            {437, 0, "Gr\x81\xE1\x9E"},
            {CP_UTF8, 0, "Gr\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"},
            {CP_UTF8, 0, "bad \xC3( \xE2\x82 \xFF \xED\xA0\x80"},
            {CP_UTF8, MB_ERR_INVALID_CHARS, "bad \xC3("},
            {CP_ACP, 0, "\x93quoted\x94"},
            {CP_OEMCP, 0, "\xC9\xCD\xBB"},
            {20127, 0, "ascii \xE4"},
            {1252, MB_COMPOSITE, "\xE4"},
            {54321, 0, "x"},
            {CP_UTF7, 0, "a+AOQ-b"}};
  WCHAR wide[40];
  char narrow[40];
  printf("pages: %u %u\n", GetACP(), GetOEMCP());
  for (unsigned i = 0; i < sizeof(in) / sizeof(*in); ++i) {
    char name[32];
    sprintf(name, "from %u", in[i].page);
    SetLastError(0);
    const int count = MultiByteToWideChar(in[i].page, in[i].flags, in[i].bytes, -1, wide, 40);
    ShowUnits(name, wide, count);
    if (!count) printf("  error: %lu\n", GetLastError());
  }
  static const struct {
    UINT page;
    DWORD flags;
    const WCHAR* text;
  } out[] = {{1252, 0, L"\x20AC\xE4\x3B1\x2192"},
             {437, 0, L"\x20AC\xE4\x3B1\x2192"},
             {CP_UTF8, 0, L"\xE4\x20AC\xD83D\xDE00"},
             {CP_UTF8, 0, L"\xD83D!"},
             {CP_UTF8, WC_ERR_INVALID_CHARS, L"\xD83D!"},
             {1252, WC_NO_BEST_FIT_CHARS, L"\x100\x2192"},
             {20127, 0, L"\xE4 a"}};
  for (unsigned i = 0; i < sizeof(out) / sizeof(*out); ++i) {
    char name[32];
    BOOL replaced = FALSE;
    sprintf(name, "to %u", out[i].page);
    SetLastError(0);
    const int count = WideCharToMultiByte(out[i].page, out[i].flags, out[i].text, -1, narrow, 40,
                                          NULL, out[i].page == CP_UTF8 ? NULL : &replaced);
    ShowBytes(name, narrow, count);
    printf("  replaced: %d, error: %lu\n", replaced, GetLastError());
  }
  Is("how long", (uint32_t)MultiByteToWideChar(CP_UTF8, 0, "\xC3\xA4\xC3\xB6", 4, NULL, 0), 2);
  Is("too short", (uint32_t)MultiByteToWideChar(1252, 0, "abc", 3, wide, 2), 0);
  Is("  error", GetLastError(), ERROR_INSUFFICIENT_BUFFER);
  CPINFO info;
  Is("about 1252", GetCPInfo(1252, &info), 1);
  Is("  bytes a letter", info.MaxCharSize, 1);
  Is("valid", IsValidCodePage(437), 1);
  Is("not valid", IsValidCodePage(9999), 0);
}

static void Case(void) {
  WCHAR text[40];
  static const WCHAR* const words[] = {
      L"Stra\xDF"
      L"e",
      L"\xE9\xE8\x153\xFF", L"\x3B1\x3B2\x3C2", L"\x430\x451\x44F", L"i\x131I\x130"};
  for (unsigned i = 0; i < sizeof(words) / sizeof(*words); ++i) {
    ShowUnits("upper", text, LCMapStringW(0x409, LCMAP_UPPERCASE, words[i], -1, text, 40));
    ShowUnits(
        "lower", text,
        LCMapStringW(0x409, LCMAP_LOWERCASE | LCMAP_LINGUISTIC_CASING, words[i], -1, text, 40));
  }
  ShowUnits("hiragana", text, LCMapStringW(0x411, LCMAP_HIRAGANA, L"\x30AB\x30CA", -1, text, 40));
  ShowUnits("half width", text,
            LCMapStringW(0x411, LCMAP_HALFWIDTH, L"\xFF21\x30AB", -1, text, 40));
  char key[40];
  ShowBytes("a sort key", key, LCMapStringW(0x409, LCMAP_SORTKEY, L"Abc", -1, (WCHAR*)key, 40));
  ShowUnits("composed", text, FoldStringW(MAP_PRECOMPOSED, L"a\x308o", -1, text, 40));
  ShowUnits("digits", text, FoldStringW(MAP_FOLDDIGITS, L"\x664\xB2", -1, text, 40));
  ShowUnits("normal form C", text, NormalizeString(NormalizationC, L"e\x301\xFB01", -1, text, 40));
  ShowUnits("normal form KD", text, NormalizeString(NormalizationKD, L"\xE9\xFB01", -1, text, 40));
}

static void Comparing(void) {
  static const struct {
    const WCHAR* one;
    const WCHAR* two;
    DWORD flags;
  } pairs[] = {{L"apple", L"Banana", 0},
               {L"co-op", L"coop", 0},
               {L"co-op", L"coop", SORT_STRINGSORT},
               {L"a", L"A", 0},
               {L"a", L"A", NORM_IGNORECASE},
               {L"\xE4", L"a", 0},
               {L"\xE4", L"a", NORM_IGNORENONSPACE},
               {L"\xE4", L"a\x308", 0},
               {L"\xDF", L"ss", 0},
               {L"10", L"9", 0},
               {L"10", L"9", SORT_DIGITSASNUMBERS},
               {L"", L"a", 0},
               {L"a b", L"a_b", NORM_IGNORESYMBOLS},
               {L"\x30AB", L"\x304B", NORM_IGNOREKANATYPE}};
  for (unsigned i = 0; i < sizeof(pairs) / sizeof(*pairs); ++i) {
    printf("compare %u: %d\n", i,
           CompareStringW(0x409, pairs[i].flags, pairs[i].one, -1, pairs[i].two, -1) - 2);
  }
  printf("ordinal: %d %d\n", CompareStringOrdinal(L"a", -1, L"B", -1, FALSE) - 2,
         CompareStringOrdinal(L"a", -1, L"B", -1, TRUE) - 2);
  printf("find: %d\n", FindNLSString(0x409, FIND_FROMSTART | NORM_IGNORECASE, L"in the HAYstack",
                                     -1, L"hay", -1, NULL));
  printf("lstrcmpi: %d\n", lstrcmpiW(L"\xC4pfel", L"\xE4pfel"));
}

static void Classes(void) {
  WORD types[8];
  static const WCHAR sample[] = L"aA1 \x3B1\xDF\x661\t";
  GetStringTypeW(CT_CTYPE1, sample, 8, types);
  ShowUnits("classes", types, 8);
  GetStringTypeW(CT_CTYPE2, sample, 8, types);
  ShowUnits("directions", types, 8);
  GetStringTypeW(CT_CTYPE3, sample, 8, types);
  ShowUnits("uses", types, 8);
}

static void Languages(void) {
  static const LCTYPE types[] = {LOCALE_SENGLISHLANGUAGENAME,
                                 LOCALE_SENGLISHCOUNTRYNAME,
                                 LOCALE_SDECIMAL,
                                 LOCALE_STHOUSAND,
                                 LOCALE_SCURRENCY,
                                 LOCALE_SSHORTDATE,
                                 LOCALE_SLONGDATE,
                                 LOCALE_STIMEFORMAT,
                                 LOCALE_SDAYNAME1,
                                 LOCALE_SMONTHNAME3,
                                 LOCALE_IDEFAULTANSICODEPAGE,
                                 LOCALE_SNAME,
                                 LOCALE_SISO639LANGNAME,
                                 LOCALE_SGROUPING};
  static const LCID languages[] = {0x409, 0x407, 0x40C, 0x411, 0x419};
  WCHAR text[100];
  char bytes[200];
  for (unsigned k = 0; k < sizeof(languages) / sizeof(*languages); ++k) {
    printf("language 0x%lx:\n", languages[k]);
    for (unsigned i = 0; i < sizeof(types) / sizeof(*types); ++i) {
      GetLocaleInfoW(languages[k], types[i] | LOCALE_NOUSEROVERRIDE, text, 100);
      WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, 200, NULL, NULL);
      printf("  %lx: %s\n", types[i], bytes);
    }
    GetNumberFormatW(languages[k], LOCALE_NOUSEROVERRIDE, L"-1234567.891", NULL, text, 100);
    WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, 200, NULL, NULL);
    printf("  a number: %s\n", bytes);
  }
  Is("mine", GetUserDefaultLCID(), 0x409);
  Is("the system's", GetSystemDefaultLCID(), 0x409);
  Is("of a name", LocaleNameToLCID(L"pt-BR", 0), 0x416);
  GetUserDefaultLocaleName(text, 100);
  printf("its name: %ls\n", text);
}

int main(void) {
  CodePages();
  Case();
  Comparing();
  Classes();
  Languages();
  return Finish();
}
