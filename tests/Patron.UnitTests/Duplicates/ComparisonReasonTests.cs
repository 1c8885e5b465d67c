using Patron.Customers.Matching;

namespace Patron.UnitTests.Duplicates;

public class ComparisonReasonTests
{
    private static readonly MatchInput Anna = new()
    {
        FirstName = "Anna", LastName = "Meier", DateOfBirth = "1980-03-12", Email = "anna.meier7@example.com", Phone = "+49 30 1234567",
        AddressLine1 = "Hauptstr. 12", PostalCode = "10115", City = "Berlin",
    };

    [Theory]
    [InlineData("first_name", "Anne", "similar first name: Anna / Anne")]
    [InlineData("first_name", "A.", "short form or part of the first name: A / Anna")]
    [InlineData("first_name", "Nancy", "short form or part of the first name: Anna / Nancy")]
    [InlineData("first_name", "Ottokar", "different first name")]
    [InlineData("last_name", "Meyer", "similar last name: Meier / Meyer")]
    [InlineData("date_of_birth", "12.3.1980", "same birth date")]
    [InlineData("date_of_birth", "1980-12-03", "day and month swapped")]
    [InlineData("date_of_birth", "1980-03-17", "birth date: one digit differs")]
    [InlineData("phone", "030/1234567", "same phone")]
    [InlineData("phone", "030 1234568", "phone: one digit differs")]
    [InlineData("email", "annameier7@example.com", "similar email: anna.meier7@example.com / annameier7@example.com")]
    [InlineData("email", "anna.meier7@example.org", "same email name at two providers")]
    [InlineData("address_line1", "Hauptstraße 12", "same address")]
    [InlineData("postal_code", "10151", "postal code: one digit differs")]
    public void A_difference_is_put_into_words(string field, string value, string reason) =>
        Assert.Contains(reason, Reasons(Anna, With(Anna, field, value)));

    [Fact]
    public void Swapped_names_are_recognized() =>
        Assert.Contains("names swapped", Reasons(Anna, Anna with { FirstName = Anna.LastName, LastName = Anna.FirstName }));

    [Theory]
    [InlineData("Müller Bau GmbH", "Mueller Bau", "same company without legal form")]
    [InlineData("Data Soft AG", "Datasoft AG", "similar company: Data Soft / Datasoft")]
    [InlineData("Acme Ltd", "ACME LTD.", "same company")]
    public void Companies_are_compared_without_legal_form(string one, string other, string reason) =>
        Assert.Contains(reason, Reasons(Company(one), Company(other)));

    [Theory]
    [InlineData("Müller", "Mueller")]
    [InlineData("Łukasz", "Lukasz")]
    [InlineData("Иванов", "Ivanov")]
    [InlineData("O’Brien", "OBRIEN")]
    public void Spellings_of_one_name_are_equal(string one, string other) =>
        Assert.Contains("same last name", Reasons(Anna with { LastName = one }, Anna with { LastName = other }));

    [Fact]
    public void A_person_and_their_company_are_not_one_customer() =>
        Assert.Empty(SingleRecordMatcher.Match(
            MatchModel.Assumed(1000), Anna with { Email = null, CompanyName = "Acme Ltd" },
            [Company("Acme Ltd") with { AddressLine1 = Anna.AddressLine1, PostalCode = Anna.PostalCode, City = Anna.City }]));

    [Fact]
    public void Two_people_of_one_household_are_not_one_customer()
    {
        var other = Anna with { FirstName = "Peter", DateOfBirth = "1978-11-05", Email = "peter@example.net" };
        Assert.True(SingleRecordMatcher.Match(MatchModel.Assumed(1000), Anna, [other]).All(match => match.Probability < 0.2));
    }

    private static MatchInput Company(string name) =>
        new() { IsCompany = true, Name = name, AddressLine1 = "Dock 4", City = "Hamburg", Phone = "040 999888" };

    private static IEnumerable<string> Reasons(MatchInput one, MatchInput other) =>
        Assert.Single(SingleRecordMatcher.Match(MatchModel.Assumed(1000), one, [other])).Reasons.Select(reason => reason.Text);

    private static MatchInput With(MatchInput input, string field, string value) => field switch
    {
        "first_name" => input with { FirstName = value },
        "last_name" => input with { LastName = value },
        "date_of_birth" => input with { DateOfBirth = value },
        "phone" => input with { Phone = value },
        "email" => input with { Email = value },
        "address_line1" => input with { AddressLine1 = value },
        _ => input with { PostalCode = value },
    };
}
