// Complete registration flow
async function registerCustomer(userData, addressData) {
  try {
    // Step 1: Register user in auth service
    const authResponse = await fetch(
      "http://localhost:8001/api/auth/register/",
      {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          email: userData.email,
          first_name: userData.firstName,
          last_name: userData.lastName,
          phone_number: userData.phone,
          password1: userData.password,
          password2: userData.password,
        }),
      }
    );

    if (!authResponse.ok) {
      throw new Error("User registration failed");
    }

    const authData = await authResponse.json();
    const accessToken = authData.tokens.access;

    // Step 2: Create customer profile
    const profileResponse = await fetch(
      "http://localhost:8002/api/v1/customers/profile/create/",
      {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${accessToken}`,
        },
        body: JSON.stringify({
          street_address: addressData.street,
          city: addressData.city,
          state: addressData.state,
          postal_code: addressData.postalCode,
          country: addressData.country || "USA",
          company_name: addressData.companyName || "",
          emergency_contact_name: addressData.emergencyName || "",
          emergency_contact_phone: addressData.emergencyPhone || "",
          emergency_contact_relationship: addressData.emergencyRelation || "",
        }),
      }
    );

    if (!profileResponse.ok) {
      throw new Error("Customer profile creation failed");
    }

    const customerProfile = await profileResponse.json();

    return {
      success: true,
      tokens: authData.tokens,
      user: authData,
      profile: customerProfile,
    };
  } catch (error) {
    console.error("Registration error:", error);
    return { success: false, error: error.message };
  }
}
