namespace Patron.Customers;

/// <summary>Settings of customer records; section <c>Customers</c>.</summary>
public sealed class CustomersOptions
{
    /// <summary>
    /// Whether a customer whom staff, an API key or a file enters gets marketing e-mails unless the entry says otherwise (source 5). People
    /// who register and customers from the ERP get none until they agree.
    /// </summary>
    public bool MarketingDefault { get; set; } = true;
}
