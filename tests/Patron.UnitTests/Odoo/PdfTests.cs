using Patron.Erp.Dashboards;
using Patron.Odoo.Dashboard;

namespace Patron.UnitTests.Odoo;

/// <summary>The file name of a document's PDF, and the limit of its size.</summary>
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
    public void File_name_is_safe_for_any_document_number(string number, string name) => Assert.Equal(name, new ErpPdf(Stream.Null, number).FileName);

    [Fact]
    public void File_name_has_a_maximum_length() => Assert.Equal(104, new ErpPdf(Stream.Null, new string('9', 1000)).FileName.Length);

    [Theory]
    [InlineData("12.35 Kb", false)]
    [InlineData("20.00 Mb", false)] // Rounded, so it may be below the limit.
    [InlineData("20.50 Mb", true)]
    [InlineData("21 MB", true)]
    [InlineData("1.00 Gb", true)]
    [InlineData("999.00 bytes", false)]
    [InlineData("much", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Size_in_Odoos_format_is_compared_with_the_limit(string? size, bool isTooLarge) => Assert.Equal(isTooLarge, InvoicePdf.IsTooLarge(size));
}
