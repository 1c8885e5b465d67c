using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Patron.Tests;

/// <summary>Texts that no honest person writes: unit tests try laws with them that hold for all texts, integration tests feed them to every job.</summary>
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

    /// <summary>Each odd piece, alone and between letters, and some that chance has made.</summary>
    public static IReadOnlyList<string> Some(int random) => [.. Odd, .. Odd.Select(piece => $"Ann{piece}Bo"), .. Any.Sample(40, new Rnd((ulong)random), 50)];

    /// <summary>A megabyte each of what is costly to fold, of what is none, and of what begins again and again.</summary>
    public static IReadOnlyList<string> Huge { get; } = [.. new[] { "a", "\u0316\u0301", "\uFFFE", "\0", "<", ",", " " }.Select(piece => Repeat(piece, 1_000_000 / piece.Length))];

    public static string Repeat(string piece, int times) => new StringBuilder(piece.Length * times).Insert(0, piece, times).ToString();
}
