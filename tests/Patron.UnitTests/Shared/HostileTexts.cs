using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Patron.UnitTests.Shared;

/// <summary>Texts that no honest person writes, for laws that hold for all texts. Integration tests feed them to every job.</summary>
public static class HostileTexts
{
    private static readonly string[] Odd =
    [
        "", " ", "\0", "\u0007\u0001", "\u200B", "\uFFFE", "\uFFFF", "\uFDD0", "\U0001FFFE", "\U0010FFFF", "\uD800", "\uDC00", "\uDC00\uD800", "\uFFFD", "\uFEFF", "\u034F", "\u0344", "\u0F73", "\uFF9E", "\u1E9E\u0130", "J\u030C",
        "\u0316\u0301", "\u05B0\u05B1", "\uFDFA", "\u1F82", "<", "\"", "\\", "'", "%", "\u2028", "\u202E", "\r\n", ",", ";", "@", "\u00A8", "😀", "A\uFFFE B",
    ];

    /// <summary>Any text: pieces of what is odd, what is random, and long runs of either.</summary>
    public static Gen<string> Any { get; } = Gen.Sized(size => Gen.OneOf(
        Gen.Elements(Odd),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        Gen.ArrayOf(Gen.Elements(Odd)).Select(string.Concat),
        from piece in Gen.Elements(Odd) from times in Gen.Choose(1, 20 + (size * 5)) select Repeat("a" + piece, times),
        from piece in Gen.Elements(Odd) from times in Gen.Choose(1, 20 + (size * 5)) select "a" + Repeat(piece, times)));

    /// <summary>Each odd piece, alone, between letters, and as a text of a megabyte.</summary>
    public static IEnumerable<string> All => [.. Odd, .. Odd.Select(piece => $"Ann{piece}Bo"), .. Odd.Where(piece => piece.Length > 0).Select(piece => Repeat(piece, 1_000_000 / piece.Length))];

    public static string Repeat(string piece, int times) => new StringBuilder(piece.Length * times).Insert(0, piece, times).ToString();
}
