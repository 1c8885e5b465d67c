using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

public class SimilarNamesTests
{
    private static readonly string[] Known = ["first_name", "last_name", "email", "status", "state", "city", "tax_id"];

    [Theory]
    [InlineData("frist_name", "first_name")]
    [InlineData("firstname", "first_name")]
    [InlineData("First_Name", "first_name")]
    [InlineData("EMIAL", "email")]
    [InlineData("staty", "state")] // 'status' is near too, and comes first.
    [InlineData("statuss", "status")]
    [InlineData("cty", "city")]
    [InlineData("cxy", null)] // Two letters of three.
    [InlineData("ciaaty", "city")]
    [InlineData("ciaaaty", null)]
    [InlineData("ci", null)]
    [InlineData("", null)]
    [InlineData("favourite_animal", null)]
    public void Most_similar_name_within_two_edits_is_found(string given, string? meant) => Assert.Equal(meant, SimilarNames.Find(given, Known));

    [Theory]
    [InlineData("E-Mail", "email")]
    [InlineData("Tax ID", "tax_id")]
    [InlineData("FirstName", "first_name")]
    [InlineData("shoe size", null)]
    public void Column_is_found_in_another_spelling(string given, string? meant) => Assert.Equal(meant, SimilarNames.FindColumn(given, Known));
}
