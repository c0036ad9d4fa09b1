# Packer's VHD, for Batch accounts whose pool allocation mode is "Batch service" (docs/packer.md).
#
#   packer init vhd.pkr.hcl
#   packer build -var subscription_id=ID vhd.pkr.hcl

packer {
  required_version = ">= 1.7.0" # the first with packer init for HCL2 templates

  required_plugins {
    azure = {
      source  = "github.com/hashicorp/azure"
      version = "~> 2.5"
    }
  }
}

variable "subscription_id" {
  type        = string
  description = "Subscription of the build and of what it leaves: the Batch account's."
}

variable "location" {
  type        = string
  default     = "westeurope"
  description = "Region of the build VM; the plugin insists on that of the storage account."
}

variable "resource_group" {
  type        = string
  default     = "rg-sources"
  description = "Resource group of the storage account."
}

variable "storage_account" {
  type        = string
  default     = "stsources"
  description = "Must exist."
}

variable "container" {
  type        = string
  default     = "vhds"
  description = "Must exist before the build: the plugin copies into it, and does not make it."
}

source "azure-arm" "ubuntu" {
  # Signs in as `az login` did: no secret stands in a template.
  use_azure_cli_auth = true
  subscription_id    = var.subscription_id

  # A first-party base that Batch has a node agent for (batch.node.ubuntu 24.04), without a purchase plan. This sku is of
  # Hyper-V generation 2; "server-gen1" would be of generation 1.
  os_type         = "Linux"
  image_publisher = "canonical"
  image_offer     = "ubuntu-24_04-lts"
  image_sku       = "server"

  location = var.location
  vm_size  = "Standard_D2s_v5" # not the plugin's default, Standard_A1: A sizes do not boot generation 2

  # Plugins before 2.5 captured VHDs of unmanaged disks, which Azure retires (packer-plugin-azure#522).
  resource_group_name    = var.resource_group
  storage_account        = var.storage_account
  capture_container_name = var.container
  capture_name_prefix    = "render-"
}

build {
  sources = ["source.azure-arm.ubuntu"]

  # Your software. What needs Azure's VM extensions does not belong here: Batch takes no image of a VM that has some.
  provisioner "shell" {
    execute_command = "{{ .Vars }} sudo -E sh -eu '{{ .Path }}'"
    inline = [
      # 2 is "done, with warnings" (docs.cloud-init.io, return codes); apt would meet cloud-init's own locks before.
      "cloud-init status --wait || test $? -eq 2",
      "apt-get update",
      "apt-get install -y blender",
    ]
  }

  # Generalizes; nothing may come after it. Packer marks the VM as generalized whether this ran or not, and the nodes of
  # a pool on an image that was not never start.
  provisioner "shell" {
    execute_command = "{{ .Vars }} sudo -E sh -eu '{{ .Path }}'"
    inline          = ["waagent -force -deprovision+user", "sync"]
  }

  post-processor "manifest" {
    output = "packer-manifest.json"

    # Nothing of this can be told from a VHD, and all of it is needed to make an image of one.
    custom_data = {
      generalized      = "true" # your word for the provisioner above; leave it out with the provisioner
      osType           = "Linux"
      hyperVGeneration = "V2" # of the image_sku above
      storageAccountId = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group}/providers/Microsoft.Storage/storageAccounts/${var.storage_account}"
    }
  }
}
