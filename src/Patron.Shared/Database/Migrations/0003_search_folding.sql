-- What people type is found whatever they leave out: beside accents also strokes, signs that stand in or between words, and how many blanks there are.
-- shared.fold stays: search texts hold what it makes of their fields, too (decision 0006, 'What is typed').

-- Lower case; blanks, commas and dashes are one blank; apostrophes, vowel points and invisible characters are dropped; letters that Unicode does not
-- take apart are what people type for them. SearchText.cs knows what is dropped and what divides words; a test compares them. Line feeds stay: they
-- are what separates the fields of a search text. In pieces, because sorting combining marks takes the square of how many stand in a row.
CREATE FUNCTION shared.search_fold(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    piece CONSTANT int := 2500;
    folded text := '';
BEGIN
    IF octet_length(given) = char_length(given) THEN
        folded := lower(given COLLATE "C");
    ELSE
        FOR place IN 1..char_length(given) BY piece LOOP
            folded := folded || lower(normalize(replace(substr(given, place, piece), '´', ''), NFKD) COLLATE "und-x-icu");
        END LOOP;
        folded := regexp_replace(folded, '[''`\u00ad\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u05f3\u055a\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2018\u2019\u201b\u202a-\u202e\u2032\u2035\u2060-\u206f\u2800\u3164\ua78b\ua78c\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef]+', '', 'g');
        IF octet_length(folded) <> char_length(folded) THEN
            folded := regexp_replace(folded, '[\u0085\u058a\u05be\u060c\u1680\u2010-\u2015\u2028\u2029\u2043\u2053\u2212\u2e3a\u2e3b\u3001\u301c]', ' ', 'g');
            folded := replace(replace(replace(replace(translate(folded,
                'øđħıłŧƀƃƈƌƒƙƚƞƥƫƭƴƶǥȡȥȴȵȶȷȼȿɀɇɉɋɍɏɓɕɖɗɟɠɦɨɫɬɭɱɲɳɼɽɾʂʄʈʋʐʑʝʠᵬᵭᵮᵯᵰᵱᵲᵳᵴᵵᵶᵽᶀᶁᶂᶃᶄᶅᶆᶇᶈᶉᶊᶌᶍᶎᶏᶑᶒᶖᶙỿⱡⱥⱦⱨⱪⱬⱱⱳⱴⱸⱺꝁꝃꝅꝉꝋꝍꝑꝓꝕꝗꝙꝟꞎꞑꞓꞔꞕꞗꞙꞡꞣꞥꞧꞩꞹꟈꟊꬴꬷꬸꬹꬺꬻꭉꭎꭒꭖꭗꭘꭙꭚðŋĸəǝɛɔς٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९',
                'odhiltbbcdfklnpttyzgdzlntjcszejqrybcddjghilllmnnrrrsjtvzzjqbdfmnprrstzpbdfgklmnprsvxzadeiuylathkzvwveokkkloopppqqvlncchbfgknrsudselllmnruuxxxxydnkeeeoσ012345678901234567890123456789'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
        END IF;
    END IF;
    folded := translate(folded, E'-,\t\x0b\f\r\'`', '      ');
    RETURN CASE WHEN strpos(folded, '  ') > 0 THEN regexp_replace(folded, ' {2,}', ' ', 'g') ELSE folded END;
END
$$;

-- The folded text as a pattern's plain characters. Escaped after folding: a full-width percent sign folds to a real one.
CREATE FUNCTION shared.search_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(btrim(shared.search_fold($1), ' '), '\', '\\'), '%', '\%'), '_', '\_');

-- The digits of a phone number, without its extension.
CREATE FUNCTION shared.phone_digits(phone text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(regexp_replace(shared.search_fold(phone), '(ext|x|#).*$', ''), '[^0-9]', '', 'g');

-- A search text with what the folding above makes of its fields. Where that is nothing new, which is the most frequent, it is the text itself. Otherwise
-- U+001F and further lines: the digits of the phone, the fields, and their names with apostrophes as blanks and without hyphens.
-- fields: the first lines of the text as they are written. dialled: the phone as it is in the text, without separators.
CREATE FUNCTION shared.search_text(was text, fields text, names text, phone text, dialled text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    digits text := translate(phone, ' -()./', '');
    folded text := '';
BEGIN
    IF digits = phone OR digits = dialled THEN
        digits := NULL;
    END IF;
    -- ASCII and the letters of Western Europe that are taken apart, without signs: the short way.
    IF digits IS NULL AND translate(fields, E'-,\'`', '') = fields AND strpos(fields, '  ') = 0 AND (octet_length(fields) = char_length(fields)
        OR fields !~ '[^\u0001-\u007f\u00c0-\u00c5\u00c7-\u00cf\u00d1-\u00d6\u00d9-\u00dd\u00e0-\u00e5\u00e7-\u00ef\u00f1-\u00f6\u00f9-\u00fd\u00ff]') THEN
        RETURN was;
    END IF;

    folded := shared.search_fold(fields);
    IF starts_with(was, folded) THEN
        folded := '';
    ELSIF names ~ '[-''`´‘’‛ʼ‐‑–]' THEN
        folded := folded || shared.search_fold(' ' || translate(names, '''`´‘’‛ʼ-‐‑–', '       '));
    END IF;
    digits := shared.phone_digits(digits);
    RETURN CASE WHEN folded = '' AND digits IS NULL THEN was ELSE was || E'\x1f ' || coalesce(digits, '') || E'\n' || folded END;
END
$$;

-- What is done to rows that are there already, after the migrations and while everybody works (Background/BackgroundMigrator.cs).
CREATE TABLE shared.background_migrations (
    name text NOT NULL CONSTRAINT pk_background_migrations PRIMARY KEY,
    -- Where the last batch ended.
    position text,
    finished_at timestamptz
);
