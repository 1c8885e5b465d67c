using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>HTML of Odoo becomes plain text, whatever is in it.</summary>
public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("<p>Hello <b>Jane</b>,</p><p>it works&nbsp;&amp; is fast.<br/>Bye</p>", "Hello Jane,\n\nit works & is fast.\nBye")]
    [InlineData("<style>p { color: red }</style><SCRIPT>alert('x<y')</script>Text", "Text")]
    [InlineData("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo")]
    [InlineData("a < b", "a")]
    [InlineData("<p", "")]
    [InlineData("<>x</>", "x")]
    [InlineData("<script>never closed", "")]
    [InlineData("&lt;script&gt;", "<script>")]
    [InlineData("", "")]
    public void Text_without_markup(string html, string text) => Assert.Equal(text, HtmlText.ToPlain(html));
}
