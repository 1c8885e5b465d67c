using Patron.Erp.Dashboards;
using Patron.Odoo.Dashboard;

namespace Patron.UnitTests.Odoo;

/// <summary>The name under which a document's PDF is saved, and which PDFs are not even read.</summary>
public sealed class PdfTests
{
    [Theory]
    [InlineData("INV/2026/00013", "INV-2026-00013.pdf")]
    [InlineData("RG 2026 Nº 7", "RG-2026-Nº-7.pdf")]
    [InlineData("../../etc/passwd", "etc-passwd.pdf")]
    [InlineData("a\"; filename=x.exe\r\nSet-Cookie: y", "a---filename-x.exe--Set-Cookie--y.pdf")]
    [InlineData("COM1\0.exe", "COM1-.exe.pdf")]
    [InlineData("発票‮fdp.exe", "発票-fdp.exe.pdf")]
    [InlineData("///", "document.pdf")]
    [InlineData("", "document.pdf")]
    public void A_file_name_is_safe_whatever_the_number_is(string number, string name) => Assert.Equal(name, new ErpPdf(Stream.Null, number).FileName);

    [Fact]
    public void A_file_name_is_not_endless() => Assert.Equal(104, new ErpPdf(Stream.Null, new string('9', 1000)).FileName.Length);

    [Theory]
    [InlineData("12.35 Kb", false)]
    [InlineData("20.00 Mb", false)] // It may be a little less or a little more.
    [InlineData("20.50 Mb", true)]
    [InlineData("21 MB", true)]
    [InlineData("1.00 Gb", true)]
    [InlineData("999.00 bytes", false)]
    [InlineData("much", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_size_in_Odoo_s_words_is_compared_with_the_limit(string? size, bool isTooLarge) => Assert.Equal(isTooLarge, InvoicePdf.IsTooLarge(size));
}
