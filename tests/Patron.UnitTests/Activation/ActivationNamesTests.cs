using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Linking.Activation;

namespace Patron.UnitTests.Activation;

public class ActivationNamesTests
{
    [Theory]
    [InlineData(CustomerType.Individual, "Jane", "Doe", "Jane Doe", "Jane", "Doe")]
    [InlineData(CustomerType.Individual, "", "", "Ada King Lovelace", "Ada King", "Lovelace")]
    [InlineData(CustomerType.Individual, "", "", "Cher", "Cher", "")]
    [InlineData(CustomerType.Individual, "", "Doe", "Doe", "", "Doe")]
    [InlineData(CustomerType.Company, "", "", "Example Computer Systems", "Example Computer Systems", "")]
    [InlineData(CustomerType.Company, "Jane", "Doe", "Example Computer Systems", "Example Computer Systems", "")]
    public void An_account_gets_the_names_of_the_record_or_the_name_of_the_company(CustomerType type, string first, string last, string name, string accountFirst, string accountLast) => Assert.Equal(
        new PersonNames(accountFirst, accountLast, null, null),
        ActivationCandidates.NamesOf(new Customer { CustomerType = type, FirstName = first, LastName = last, Name = name, Phone = "+1-555-0123" }));

    [Fact]
    public void A_name_that_is_too_long_for_an_account_is_cut_between_characters()
    {
        var names = ActivationCandidates.NamesOf(new Customer { CustomerType = CustomerType.Company, Name = string.Concat(Enumerable.Repeat("𝔞", 120)) });
        Assert.Equal(string.Concat(Enumerable.Repeat("𝔞", PersonNames.MaxNameLength)), names.FirstName);
    }
}
