using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Text;
using Patron.Tests;

namespace Patron.UnitTests.Shared;

public class FoldingTests
{
    [Theory]
    [InlineData("Jane@Example.COM", "jane@example.com")]
    [InlineData("  jane\t", "jane")]
    [InlineData("ＪＡＮＥ", "jane")]
    [InlineData("ﬁona", "fiona")]
    [InlineData("e\u0301", "é")]
    [InlineData("\u00A0jane\u3000", "jane")]
    [InlineData("\uFFFE", "\uFFFD")]
    [InlineData("I", "i")]
    public void Spellings_of_the_same_have_one_key(string text, string key) => Assert.Equal(key, Folding.Key(text));

    [Fact]
    public void Folding_takes_every_text_and_twice_changes_nothing_and_case_and_blanks_do_not_matter() =>
        Check.QuickThrowOnFailure(Prop.ForAll(HostileTexts.Any.ToArbitrary(), text =>
        {
            var (key, compatible, decomposed) = (Folding.Key(text), Folding.Compatible(text), Folding.Decomposed(text));
            return Folding.Key(key) == key && Folding.Key($"  {text}\t") == key && key.Trim() == key
                && Folding.Compatible(compatible) == compatible && Folding.Decomposed(decomposed) == decomposed && Folding.Compatible(decomposed) == compatible;
        }));

    [Fact]
    public void Every_character_folds_alone_and_with_marks_behind_it_to_a_key_of_its_own()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (Rune.TryCreate(code, out var rune))
            {
                Assert.All([$"{rune}", $"{rune}\u030C", $"a{rune}\u0301"], text => Assert.Equal(Folding.Key(text), Folding.Key(Folding.Key(text))));
            }
        }
    }

    [Fact]
    public void What_moves_when_it_is_sorted_counts_as_a_mark_so_that_no_run_of_them_is_long() // UAX #15, 'Stream-Safe Text Format'.
    {
        var runs = Enumerable.Range(0, 0x110000).Where(code => Rune.TryCreate(code, out _)).Select(code => GivenText.Clean(new Rune(code).ToString()))
            .Where(character => character.Normalize(NormalizationForm.FormKD).EnumerateRunes().All(
                rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
            .Where(mark => Folding.Decomposed(string.Concat(Enumerable.Repeat(mark, 100))).Split('\u034F').Max(TextRules.Length) > 30)
            .Select(mark => $"U+{char.ConvertToUtf32(mark, 0):X4}");
        Assert.Empty(runs);
    }

    [Theory]
    [InlineData("\u0316\u0301")] // Alternating classes: each has to pass all before it.
    [InlineData("\u0344")]
    [InlineData("\uFF9E\u0334")]
    [InlineData("\u05B0\u05B1")]
    [InlineData("\U0001D165\u0301")]
    public void Two_hundred_thousand_marks_fold_in_no_time(string marks)
    {
        var text = "a" + string.Concat(Enumerable.Repeat(marks, 200_000 / marks.Length));
        Folding.Key("warm\u0301" + marks);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(Folding.Key(text), Folding.Key(Folding.Decomposed(text)));
        Assert.InRange(watch.Elapsed.TotalMilliseconds, 0, 1_000); // A hundred without other work on the machine; without the limit half a minute.
    }

    [Fact]
    public void As_many_marks_as_anybody_writes_stay_as_they_are()
    {
        var text = "z" + string.Concat(Enumerable.Repeat("\u0316\u0301", 15));
        Assert.Equal(text.Normalize(NormalizationForm.FormKC), Folding.Compatible(text));
    }

    [Fact]
    public void Nothing_else_normalizes() =>
        Assert.Equal(
            ["Folding.cs"],
            Directory.EnumerateFiles(Path.Combine(SourceFolder(AppContext.BaseDirectory), "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => File.ReadAllText(file).Contains("NormalizationForm", StringComparison.Ordinal) || File.ReadAllText(file).Contains(".Normalize()", StringComparison.Ordinal))
                .Select(Path.GetFileName));

    private static string SourceFolder(string folder) => File.Exists(Path.Combine(folder, "Patron.slnx")) ? folder : SourceFolder(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!);

    [Fact]
    public void It_does_not_depend_on_the_culture()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("tr-TR");
            Assert.Equal("jill@insel.example", Folding.Key("JILL@INSEL.EXAMPLE"));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }
}

public class GivenTextTests
{
    [Theory]
    [InlineData("plain", true)]
    [InlineData("two\nlines, 😀 and \uFFFD", true)]
    [InlineData("NUL\0", false)]
    [InlineData("\uFFFE", false)]
    [InlineData("\uFFFF", false)]
    [InlineData("\uFDD0", false)]
    [InlineData("\uFDEF", false)]
    [InlineData("\uFDCF\uFDF0", true)]
    [InlineData("\U0001FFFE", false)]
    [InlineData("\U0010FFFF", false)]
    public void Noncharacters_and_NUL_are_refused(string text, bool isFine) => Assert.Equal(isFine, GivenText.Problem(text) is null);

    [Fact]
    public void The_length_is_asked_before_anything_else()
    {
        Assert.Null(GivenText.Problem(new string('a', GivenText.MaxLength)));
        Assert.Contains("too long", GivenText.Problem(new string('\0', GivenText.MaxLength + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mended_text_has_no_flaw_but_NUL_and_one_that_has_none_stays_the_same() =>
        Check.QuickThrowOnFailure(Prop.ForAll(HostileTexts.Any.ToArbitrary(), text =>
        {
            var clean = GivenText.Clean(text);
            return clean.Length <= text.Length && GivenText.Problem(clean.Replace("\0", "", StringComparison.Ordinal)) is null && (GivenText.Problem(text) is not null || clean == text)
                && GivenText.Clean(clean) == clean;
        }));
}

public class EmailAddressTests
{
    [Theory]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData(" Jane.Doe+tag@Sub.Example.COM ", "jane.doe+tag@sub.example.com")]
    [InlineData("o'brien_1%x@ex-ample.co", "o'brien_1%x@ex-ample.co")]
    [InlineData("jäne@exämple.de", "jäne@xn--exmple-cua.de")]
    [InlineData("ｊａｎｅ@example.com", "jane@example.com")]
    [InlineData("用户@例え.jp", "用户@xn--r8jz45g.jp")]
    public void An_address_is_kept_as_given_with_its_key(string text, string key)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal(text.Trim(), address.Text);
        Assert.Equal(key, address.Key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("jane")]
    [InlineData("@example.com")]
    [InlineData("jane@")]
    [InlineData("jane@example")]
    [InlineData("jane@.example.com")]
    [InlineData("jane@example..com")]
    [InlineData("jane@example.com.")]
    [InlineData("jane@-example.com")]
    [InlineData("jane@example-.com")]
    [InlineData(".jane@example.com")]
    [InlineData("jane.@example.com")]
    [InlineData("ja..ne@example.com")]
    [InlineData("ja ne@example.com")]
    [InlineData("ja\nne@example.com")]
    [InlineData("ja\u0000ne@example.com")]
    [InlineData("jane@exa mple.com")]
    [InlineData("jane@exa_mple.com")]
    [InlineData("a@b@example.com")]
    [InlineData("a＠b@example.com")]
    [InlineData("jane＠example.com")]
    [InlineData("Jane <jane@example.com>")]
    [InlineData("\"jane\"@example.com")]
    [InlineData("jane@[127.0.0.1]")]
    [InlineData("jane@example.com, joe@example.com")]
    [InlineData("jane@example.com\r\nBcc: all@example.com")]
    [InlineData("ja\uFFFEne@example.com")]
    [InlineData("ja\uFFFDne@example.com")]
    public void Anything_else_is_none(string? text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Fact]
    public void Its_parts_have_their_limits()
    {
        Assert.True(EmailAddress.TryParse($"{new string('a', 64)}@example.com", out _));
        Assert.False(EmailAddress.TryParse($"{new string('a', 65)}@example.com", out _));
        Assert.True(EmailAddress.TryParse($"a@{new string('b', 63)}.com", out _));
        Assert.False(EmailAddress.TryParse($"a@{new string('b', 64)}.com", out _));
        var domain = string.Join('.', Enumerable.Repeat(new string('b', 50), 5));
        Assert.False(EmailAddress.TryParse($"a@{domain}", out _));
        Assert.False(EmailAddress.TryParse($"{string.Concat(Enumerable.Repeat('\uFDFA', 10))}@example.com", out _)); // Eighteen characters each, folded.
    }

    [Fact]
    public void What_is_missing_and_what_is_none_are_told_apart()
    {
        Assert.Contains("required", EmailAddress.Rule(" "), StringComparison.Ordinal);
        Assert.Contains("name@example.com", EmailAddress.Rule("jane"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_an_address_is_an_address_with_the_same_key_and_no_text_is_too_strange() =>
        Check.QuickThrowOnFailure(Prop.ForAll(HostileTexts.Any.ToArbitrary(), any =>
        {
            var text = $"{any}@example.com";
            return !EmailAddress.TryParse(text, out var address) || (EmailAddress.TryParse(address.Key, out var again) && again.Key == address.Key);
        }));
}
