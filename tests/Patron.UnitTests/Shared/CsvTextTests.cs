using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("=\"x\"", "\"'=\"\"x\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("plain=text", "plain=text")]
    [InlineData(null, "")]
    public void Cell_is_quoted_and_never_a_formula(string? text, string expected) => Assert.Equal(expected, CsvText.Line(text));
}
