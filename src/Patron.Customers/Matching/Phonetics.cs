namespace Patron.Customers.Matching;

/// <summary>
/// A phonetic key of a folded name, equal for usual spellings of one sound: Meier and Meyer, Philip and Filip, Schmidt and Schmitt. It
/// keeps the first sound and the consonants after it. Made for blocks, where a collision costs a comparison and nothing else.
/// </summary>
internal static class Phonetics
{
    private const int MaxSounds = 6;

    /// <summary>The key as a number; 0 for a text without letters.</summary>
    public static ulong KeyOf(ReadOnlySpan<byte> name)
    {
        var key = 0UL;
        var sounds = 0;
        var last = '\0';
        for (var i = 0; i < name.Length && sounds < MaxSounds; i++)
        {
            var sound = SoundAt(name, i);
            if (sound is '\0' or ' ')
            {
                continue;
            }

            var isVowel = sound == 'a';
            if (sound != last && (!isVowel || sounds == 0))
            {
                key = (key * 65599) + sound;
                sounds++;
            }

            last = sound;
        }

        return key;
    }

    // Letters of one sound have one code; \0 is silent, a is any vowel.
    private static char SoundAt(ReadOnlySpan<byte> name, int i)
    {
        var next = i + 1 < name.Length ? (char)name[i + 1] : '\0';
        var previous = i > 0 ? (char)name[i - 1] : '\0';
        return (char)name[i] switch
        {
            'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'j' => 'a',
            'h' => i == 0 ? 'h' : '\0',
            'b' => 'b',
            'p' => next == 'h' ? 'f' : 'p',
            'f' or 'v' or 'w' => 'f',
            'c' => next is 'e' or 'i' or 'y' or 'h' or 'z' || previous == 's' ? 's' : 'k',
            'k' when i == 0 && next == 'n' => '\0',
            'k' or 'q' => 'k',
            'g' => next == 'h' ? '\0' : 'g',
            's' or 'z' or 'x' => 's',
            'd' or 't' => previous is 'd' or 't' ? '\0' : 't',
            var other => other,
        };
    }
}
