using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.UnitTests.Accounts;

public class PersonNamesTests
{
    [Fact]
    public void Names_are_trimmed_and_optional_blank_ones_become_null()
    {
        var errors = new FieldErrors();
        var tidy = new PersonNames(" Jane ", "\tDoe\n", "  ", " ").Check(errors, PersonNames.Both);
        Assert.Equal(new PersonNames("Jane", "Doe", null, null), tidy);
        Assert.False(errors.Any);
    }

    [Fact]
    public void All_invalid_fields_are_named_together() =>
        Assert.Equal(["first_name", "last_name", "phone_number", "username"], Wrong(new PersonNames("", "  ", "123", "a b")));

    [Theory]
    [InlineData("jane")]
    [InlineData("j.d")]
    [InlineData("Jane_Doe-1")]
    [InlineData("a23456789012345678901234567890")]
    public void A_user_name_has_3_to_30_plain_characters(string name) => Assert.Empty(Wrong(Named(name)));

    [Theory]
    [InlineData("jd")]
    [InlineData("jane@home")]
    [InlineData("jane doe")]
    [InlineData("jäne")]
    [InlineData("a234567890123456789012345678901")]
    [InlineData("jane\n")]
    [InlineData("ja\nne")]
    public void Other_characters_or_lengths_are_refused_in_user_names(string name) =>
        Assert.Equal(name.Trim() == "jane" ? [] : ["username"], Wrong(Named(name)));

    [Fact]
    public void A_name_has_at_most_a_hundred_characters_and_no_control_characters()
    {
        Assert.Empty(Wrong(new PersonNames(new string('x', 100), string.Concat(Enumerable.Repeat("😀", 100)), null, null)));
        Assert.Equal(["first_name", "last_name"], Wrong(new PersonNames(new string('x', 101), "a\u0007b", null, null)));
        Assert.Equal(["first_name"], Wrong(new PersonNames("a\nb", "Doe", null, null)));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_a_name() // Not as inline data, because the compiler replaces the halves.
    {
        Assert.Equal(["first_name", "last_name", "username"], Wrong(new PersonNames("Ja\ud83dne", "\ude00", null, "ja\ud83dne")));
        Assert.Empty(Wrong(new PersonNames("😀", "李", null, null)));
    }

    [Theory]
    [InlineData(true, "admin")]
    [InlineData(false, "employee", Patron.Shared.Callers.OrganizationRole.Customer, Patron.Shared.Callers.OrganizationRole.Vendor)]
    [InlineData(false, "employee", Patron.Shared.Callers.OrganizationRole.Employee)]
    [InlineData(false, "customer", Patron.Shared.Callers.OrganizationRole.Customer)]
    [InlineData(false, "customer")]
    public void The_role_name_is_that_of_the_highest_role(bool isAdmin, string expected, params Patron.Shared.Callers.OrganizationRole[] roles) =>
        Assert.Equal(expected, UserRoles.Of(isAdmin, roles));

    private static PersonNames Named(string userName) => new("Jane", "Doe", null, userName);

    private static IEnumerable<string> Wrong(PersonNames names)
    {
        var errors = new FieldErrors();
        names.Check(errors, PersonNames.Both);
        return errors.Any ? errors.ToError().Fields!.Keys : [];
    }
}
