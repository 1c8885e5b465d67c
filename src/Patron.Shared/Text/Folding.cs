using System.Text;

namespace Patron.Shared.Text;

/// <summary>The one way two spellings are compared: NFKC, then invariant lower case. The database compares the keys (linking.md, 'Proof').</summary>
public static class Folding
{
    /// <summary>The comparison key of an address, a user name or a name, without blanks around it.</summary>
    public static string Key(string text) => Compatible(text.Trim()).ToLowerInvariant().Trim();

    /// <summary>The text in NFKC. The one character that .NET refuses to normalize (U+FFFE, no character at all) becomes the replacement character.</summary>
    public static string Compatible(string text) => text.Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormKC);
}
