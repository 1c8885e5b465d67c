using System.Text;

namespace Patron.Shared.Text;

/// <summary>Characters that nobody sees: where two texts differ in nothing else, a person takes them for one.</summary>
public static class InvisibleCharacters
{
    /// <summary>
    /// Whether nothing is shown for the character: soft hyphen, joiners and zero width space, direction marks, fillers, variation selectors, tags. Blanks and
    /// control characters (Cc) are others.
    /// </summary>
    public static bool IsInvisible(Rune rune) => rune.Value is 0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
        or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF or 0xFFA0
        or (>= 0xFFF9 and <= 0xFFFB) or (>= 0x1D173 and <= 0x1D17A) or (>= 0xE0000 and <= 0xE01EF);
}
